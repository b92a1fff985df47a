//! What is known from the document type declaration.

use super::events::External;
use std::collections::HashMap;
use std::rc::Rc;

/// An entity that was declared.
#[derive(Clone, Debug, Default)]
pub struct Entity {
    /// Its replacement text, if it is internal.
    pub value: Option<Rc<str>>,
    pub place: External,
    pub notation: Option<String>,
    /// Whether it was declared in the internal subset itself.
    pub is_internal: bool,
}

/// An attribute that was declared.
#[derive(Clone, Debug)]
pub struct AttributeRule {
    pub name: String,
    /// Blanks in its value count as they stand.
    pub is_cdata: bool,
    pub default: Option<String>,
}

/// The declarations.
#[derive(Clone, Debug)]
pub struct Dtd {
    pub general: HashMap<String, Entity>,
    pub parameter: HashMap<String, Entity>,
    /// The attributes of each element, in the order of their declaration.
    pub attributes: HashMap<String, Vec<AttributeRule>>,
    pub standalone: bool,
    /// Some declarations may lie outside of what was read.
    pub has_parameter_references: bool,
    /// Declarations still count. They do not behind a reference that was not followed.
    pub keeps_processing: bool,
    /// The external text that was asked for has been read.
    pub was_read: bool,
}

impl Default for Dtd {
    fn default() -> Dtd {
        Dtd {
            general: HashMap::new(),
            parameter: HashMap::new(),
            attributes: HashMap::new(),
            standalone: false,
            has_parameter_references: false,
            keeps_processing: true,
            was_read: false,
        }
    }
}

impl Dtd {
    /// Whether an entity without declaration is an error rather than one declared elsewhere.
    pub fn is_complete(&self) -> bool {
        !self.has_parameter_references || self.standalone
    }
}
