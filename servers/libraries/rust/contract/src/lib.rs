//! What all adapters in Rust share: the policy, the line on standard output, the routes, and
//! the text of the configuration. `servers/libraries/README.md` is the contract.

mod built;
mod line;
mod policy;
mod program;
mod routes;

pub use built::{Built, children, methods, on_one_line, parsed, patterns, string, strings};
pub use line::Ready;
pub use policy::{Kind, Mode, Names, Origins, Policy};
pub use program::{Verdict, build, listen, policy};
pub use routes::{Answer, Failure, ROUTES, Request, Route};
