use serde::Deserialize;

/// What the library has to be configured to do. `None` in a field means: do not touch that
/// option of the library.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Policy {
    pub version: u32,
    pub name: String,
    pub kind: Kind,
    pub origins: Origins,
    pub credentials: Option<bool>,
    pub methods: Option<Names>,
    pub request_headers: Option<Names>,
    pub expose_headers: Option<Names>,
    pub max_age: Option<u32>,
    pub layers: Option<Layers>,
}

#[derive(Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Intent,
    Verbatim,
    Default,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Origins {
    pub mode: Mode,
    #[serde(default)]
    pub values: Vec<String>,
    #[serde(default)]
    pub allow_null: bool,
}

#[derive(Clone, Copy, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    None,
    Any,
    List,
    Subdomains,
    Regex,
}

/// The names of methods or of headers: a list, or the string "*" for any name.
#[derive(Deserialize)]
#[serde(untagged)]
pub enum Names {
    List(Vec<String>),
    Any(Star),
}

#[derive(Deserialize)]
pub enum Star {
    #[serde(rename = "*")]
    Star,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Layers {
    Both,
}

impl Policy {
    /// Whether the library is mounted twice, one layer inside the other.
    pub fn both_layers(&self) -> bool {
        self.layers.is_some()
    }

    /// The fields that ask for any name, of the fields where the library has no option for that.
    pub fn any_in(&self, fields: &[&'static str]) -> Vec<&'static str> {
        let names = |field| match field {
            "methods" => &self.methods,
            "requestHeaders" => &self.request_headers,
            _ => &self.expose_headers,
        };
        fields.iter().copied().filter(|field| matches!(names(*field), Some(Names::Any(_)))).collect()
    }
}

impl Origins {
    /// The origins of a list. Origin: null is an origin like others to most libraries.
    pub fn listed(&self) -> Vec<String> {
        let null = self.allow_null.then(|| "null".to_string());
        self.values.iter().cloned().chain(null).collect()
    }
}
