use std::io::Write;

use serde_json::{Value, json};

/// The announcement of an adapter that answers.
pub struct Ready<'a> {
    /// The name of the library, as people call it.
    pub library: &'a str,
    /// The package whose version is announced.
    pub package: &'a str,
    /// The configuration, as a user of the library would write it.
    pub config: &'a str,
    /// The fields of the policy that the library has no option for.
    pub unsupported: &'a [&'a str],
}

impl Ready<'_> {
    pub fn announce(&self, port: u16) {
        let mut line = json!({
            "ready": true,
            "port": port,
            "library": self.library,
            "version": version(self.package),
            "config": self.config,
        });
        if !self.unsupported.is_empty() {
            line["unsupported"] = json!(self.unsupported);
        }
        print(&line);
    }
}

pub fn print(line: &Value) {
    let mut out = std::io::stdout();
    writeln!(out, "{line}").and_then(|()| out.flush()).expect("standard output takes the line");
}

/// The version of a package of the registry, from the lock file that this program was built with.
fn version(package: &str) -> &'static str {
    let lock = include_str!("../../Cargo.lock");
    let name = format!("name = \"{package}\"\nversion = \"");
    let mut found = lock.split(&name).skip(1);
    let (Some(entry), None) = (found.next(), found.next()) else {
        panic!("Cargo.lock does not have exactly one {package}");
    };
    entry.split('"').next().expect("split returns a first part")
}
