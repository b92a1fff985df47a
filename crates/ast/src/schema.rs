//! The tree's definition as data, for whoever makes Python classes from it or converts trees to objects and back.

#[path = "generated/schema.rs"]
mod classes;

pub use classes::CLASSES;

/// What located nodes carry beside their fields; the last two may be absent in trees made by hand.
pub const LOCATION_ATTRIBUTES: [&str; 4] = ["lineno", "col_offset", "end_lineno", "end_col_offset"];

/// A class of the `ast` module.
#[derive(Clone, Copy, Debug)]
pub struct ClassSchema {
    pub name: &'static str,
    /// `AST`, or the family that it belongs to.
    pub base: &'static str,
    pub doc: &'static str,
    /// True when nodes carry [`LOCATION_ATTRIBUTES`].
    pub located: bool,
    /// False for families, of which there are no direct nodes.
    pub concrete: bool,
    pub fields: &'static [FieldSchema],
}

/// A field of a class.
#[derive(Clone, Copy, Debug)]
pub struct FieldSchema {
    pub name: &'static str,
    pub type_: FieldType,
    pub quantity: Quantity,
}

/// What stands in a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldType {
    /// A node of the family (or product) of this name; families without fields are shared singletons.
    Node(&'static str),
    Identifier,
    String,
    Int,
    Constant,
}

/// How many may stand in a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    One,
    Optional,
    List,
    /// A list whose entries may be `None`.
    ListOfOptional,
}

/// The class of this name.
pub fn class(name: &str) -> Option<&'static ClassSchema> {
    CLASSES.iter().find(|class| class.name == name)
}

#[cfg(test)]
mod tests {
    use super::{FieldType, Quantity, class};

    #[test]
    fn fields_are_described() {
        let class = class("Dict").unwrap();
        assert_eq!(class.doc, "Dict(expr?* keys, expr* values)");
        assert_eq!(
            (class.fields[0].type_, class.fields[0].quantity),
            (FieldType::Node("expr"), Quantity::ListOfOptional)
        );
        assert!(class.located);
    }
}
