//! Makes the `ast` crate's generated files from `crates/ast/nodes.def`: the node types with their visitor, and the
//! table of names and fields behind the `_ast` module. The format is described at the head of the definition.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::Output;
use crate::tree;

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Shape {
    Sum,
    Product,
    Enum,
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Quantity {
    One,
    Optional,
    List,
    ListOfOptional,
}

pub(super) struct Field {
    pub(super) name: String,
    pub(super) type_: String,
    pub(super) quantity: Quantity,
}

pub(super) struct Constructor {
    pub(super) name: String,
    pub(super) fields: Vec<Field>,
}

pub(super) struct Family {
    pub(super) name: String,
    pub(super) shape: Shape,
    pub(super) located: bool,
    pub(super) constructors: Vec<Constructor>,
}

/// Reads the definition and gives the generated files.
pub fn generate() -> Result<Vec<Output>, String> {
    let families = parse(&tree::read("crates/ast/nodes.def")?)?;
    Ok(vec![
        Output { path: "crates/ast/src/generated/nodes.rs".to_owned(), text: Nodes::new(&families).write() },
        Output { path: "crates/ast/src/generated/schema.rs".to_owned(), text: write_schema(&families) },
        Output {
            path: "crates/runtime/src/ast/generated/nodes.rs".to_owned(),
            text: super::ast_objects::write(&families),
        },
    ])
}

fn parse(text: &str) -> Result<Vec<Family>, String> {
    let mut families: Vec<Family> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let fail = |what: &str| format!("nodes.def:{}: {what}", index + 1);
        let mut words = line.split_whitespace();
        if !line.starts_with(' ') {
            let shape = match words.next() {
                Some("sum") => Shape::Sum,
                Some("product") => Shape::Product,
                Some("enum") => Shape::Enum,
                _ => return Err(fail("expected `sum`, `product` or `enum`")),
            };
            let name = words.next().ok_or_else(|| fail("a name is missing"))?.to_owned();
            families.push(Family {
                name,
                shape,
                located: words.next() == Some("located"),
                constructors: vec![],
            });
            continue;
        }
        let family = families.last_mut().ok_or_else(|| fail("fields before a family"))?;
        match family.shape {
            Shape::Enum => family
                .constructors
                .extend(words.map(|word| Constructor { name: word.to_owned(), fields: vec![] })),
            Shape::Sum => {
                let name = words.next().unwrap_or_default().to_owned();
                let fields =
                    words.map(parse_field).collect::<Option<_>>().ok_or_else(|| fail("bad field"))?;
                family.constructors.push(Constructor { name, fields });
            }
            Shape::Product => {
                let fields =
                    words.map(parse_field).collect::<Option<_>>().ok_or_else(|| fail("bad field"))?;
                family.constructors.push(Constructor { name: family.name.clone(), fields });
            }
        }
    }
    Ok(families)
}

fn parse_field(word: &str) -> Option<Field> {
    let (name, type_) = word.split_once(':')?;
    let (type_, quantity) = if let Some(type_) = type_.strip_suffix("?*") {
        (type_, Quantity::ListOfOptional)
    } else if let Some(type_) = type_.strip_suffix('*') {
        (type_, Quantity::List)
    } else if let Some(type_) = type_.strip_suffix('?') {
        (type_, Quantity::Optional)
    } else {
        (type_, Quantity::One)
    };
    Some(Field { name: name.to_owned(), type_: type_.to_owned(), quantity })
}

pub(super) fn rust_field(name: &str) -> &str {
    if name == "type" { "type_" } else { name }
}

/// The Rust name of a family.
pub(super) fn rust_type(name: &str) -> String {
    match name {
        "boolop" => return "BoolOp".to_owned(),
        "unaryop" => return "UnaryOp".to_owned(),
        "cmpop" => return "CmpOp".to_owned(),
        "excepthandler" => return "ExceptHandler".to_owned(),
        "withitem" => return "WithItem".to_owned(),
        _ => {}
    }
    name.split('_')
        .map(|part| {
            let mut letters = part.chars();
            letters
                .next()
                .map(|first| first.to_ascii_uppercase().to_string() + letters.as_str())
                .unwrap_or_default()
        })
        .collect()
}

/// A sum with a single constructor and nothing to choose is a plain struct in Rust.
pub(super) fn is_struct(family: &Family) -> bool {
    family.shape == Shape::Product || (family.shape == Shape::Sum && family.constructors.len() == 1)
}

fn signature(constructor: &Constructor) -> String {
    let fields: Vec<String> = constructor
        .fields
        .iter()
        .map(|field| {
            let mark = match field.quantity {
                Quantity::One => "",
                Quantity::Optional => "?",
                Quantity::List => "*",
                Quantity::ListOfOptional => "?*",
            };
            format!("{}{mark} {}", field.type_, field.name)
        })
        .collect();
    if fields.is_empty() {
        constructor.name.clone()
    } else {
        format!("{}({})", constructor.name, fields.join(", "))
    }
}

struct Nodes<'f> {
    families: &'f [Family],
    shapes: BTreeMap<&'f str, &'f Family>,
    out: String,
}

impl<'f> Nodes<'f> {
    fn new(families: &'f [Family]) -> Self {
        let shapes = families.iter().map(|family| (family.name.as_str(), family)).collect();
        Nodes { families, shapes, out: String::new() }
    }

    fn write(mut self) -> String {
        self.out.push_str(
            "//! The nodes of the syntax tree and the visitor over them.\n//!\n\
             //! Generated from `crates/ast/nodes.def` by `cargo xtask codegen`; do not edit.\n\n\
             use crate::constant::Constant;\nuse crate::location::Location;\n\n",
        );
        for family in self.families {
            match family.shape {
                Shape::Enum => self.write_enum(family),
                _ if is_struct(family) => self.write_struct(family),
                _ => self.write_sum(family),
            }
        }
        self.write_visitor();
        self.out
    }

    fn put(&mut self, text: &str) {
        self.out.push_str(text);
        self.out.push('\n');
    }

    /// True when the Rust type has a lifetime: everything but plain enumerations.
    fn borrows(&self, type_: &str) -> bool {
        self.shapes.get(type_).is_some_and(|family| family.shape != Shape::Enum)
    }

    fn rust_field_type(&self, field: &Field) -> String {
        let plain = match field.type_.as_str() {
            "identifier" | "string" => "&'a str".to_owned(),
            "int" => return "i32".to_owned(),
            "constant" => "Constant<'a>".to_owned(),
            other if self.borrows(other) => format!("&'a {}<'a>", rust_type(other)),
            other => rust_type(other),
        };
        let element = if self.borrows(&field.type_) {
            format!("{}<'a>", rust_type(&field.type_))
        } else {
            plain.clone()
        };
        match field.quantity {
            Quantity::One => plain,
            Quantity::Optional => format!("Option<{plain}>"),
            Quantity::List => format!("&'a [{element}]"),
            Quantity::ListOfOptional => format!("&'a [Option<{plain}>]"),
        }
    }

    fn write_enum(&mut self, family: &Family) {
        let name = rust_type(&family.name);
        self.put(&format!(
            "/// `{}`\n#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]\npub enum {name} {{",
            family.name
        ));
        for constructor in &family.constructors {
            self.put(&format!("{},", constructor.name));
        }
        self.put("}\n");
        self.put(&format!("impl {name} {{\n/// The name of the class in the `ast` module.\npub const fn name(self) -> &'static str {{\nmatch self {{"));
        for constructor in &family.constructors {
            self.put(&format!("{name}::{0} => \"{0}\",", constructor.name));
        }
        self.put("}\n}\n}\n");
    }

    fn write_struct(&mut self, family: &Family) {
        let name = rust_type(&family.name);
        let constructor = &family.constructors[0];
        self.put(&format!(
            "/// `{}`\n#[derive(Clone, Copy, Debug)]\npub struct {name}<'a> {{",
            signature(constructor)
        ));
        for field in &constructor.fields {
            let line = format!("pub {}: {},", rust_field(&field.name), self.rust_field_type(field));
            self.put(&line);
        }
        if family.located {
            self.put("pub loc: Location,");
        }
        self.put("}\n");
    }

    fn write_sum(&mut self, family: &Family) {
        let name = rust_type(&family.name);
        let kind = if family.located { format!("{name}Kind") } else { name.clone() };
        if family.located {
            self.put(&format!(
                "/// `{}`\n#[derive(Clone, Copy, Debug)]\npub struct {name}<'a> {{\npub kind: {kind}<'a>,\npub loc: Location,\n}}\n",
                family.name
            ));
        }
        self.put(&format!(
            "/// The shapes of `{}`.\n#[derive(Clone, Copy, Debug)]\npub enum {kind}<'a> {{",
            family.name
        ));
        for constructor in &family.constructors {
            self.put(&format!("/// `{}`", signature(constructor)));
            if constructor.fields.is_empty() {
                self.put(&format!("{},", constructor.name));
                continue;
            }
            self.put(&format!("{} {{", constructor.name));
            for field in &constructor.fields {
                let line = format!("{}: {},", rust_field(&field.name), self.rust_field_type(field));
                self.put(&line);
            }
            self.put("},");
        }
        self.put("}\n");
        self.put(&format!("impl {kind}<'_> {{\n/// The name of the class in the `ast` module.\npub const fn name(&self) -> &'static str {{\nmatch self {{"));
        for constructor in &family.constructors {
            let rest = if constructor.fields.is_empty() { "" } else { " { .. }" };
            self.put(&format!("{kind}::{0}{rest} => \"{0}\",", constructor.name));
        }
        self.put("}\n}\n}\n");
    }

    fn write_visitor(&mut self) {
        self.put(
            "/// Visits a tree. Each method goes on into the children unless it is overridden; an override calls the\n\
             /// `walk_` function of the same name to do so. Order is the order of the fields.\npub trait Visitor<'a> {",
        );
        let nodes: Vec<&Family> = self.families.iter().filter(|family| family.shape != Shape::Enum).collect();
        for family in &nodes {
            let (name, rust) = (&family.name, rust_type(&family.name));
            self.put(&format!(
                "fn visit_{name}(&mut self, node: &'a {rust}<'a>) {{\nwalk_{name}(self, node);\n}}"
            ));
        }
        self.put("}\n");
        for family in &nodes {
            let (name, rust) = (&family.name, rust_type(&family.name));
            let kind = if family.located { format!("{rust}Kind") } else { rust.clone() };
            let goes_on =
                family.constructors.iter().any(|c| c.fields.iter().any(|field| self.borrows(&field.type_)));
            let (visitor, node) = if goes_on { ("visitor", "node") } else { ("_visitor", "_node") };
            self.put(&format!(
                "/// Visits the children of a `{name}`.\npub fn walk_{name}<'a, V: Visitor<'a> + ?Sized>({visitor}: &mut V, {node}: &'a {rust}<'a>) {{"
            ));
            if is_struct(family) {
                for field in &family.constructors[0].fields {
                    self.write_visit(field, &format!("node.{}", rust_field(&field.name)));
                }
            } else {
                self.put(&format!("match &node{} {{", if family.located { ".kind" } else { "" }));
                for constructor in &family.constructors {
                    self.write_arm(&kind, constructor);
                }
                self.put("}");
            }
            self.put("}\n");
        }
    }

    fn write_arm(&mut self, kind: &str, constructor: &Constructor) {
        let nodes: Vec<&Field> =
            constructor.fields.iter().filter(|field| self.borrows(&field.type_)).collect();
        if nodes.is_empty() {
            let rest = if constructor.fields.is_empty() { "" } else { " { .. }" };
            self.put(&format!("{kind}::{}{rest} => {{}}", constructor.name));
            return;
        }
        let names: Vec<&str> = nodes.iter().map(|field| rust_field(&field.name)).collect();
        let rest = if nodes.len() == constructor.fields.len() { "" } else { ", .." };
        self.put(&format!("{kind}::{} {{ {}{rest} }} => {{", constructor.name, names.join(", ")));
        for field in &nodes {
            self.write_visit(field, &format!("*{}", rust_field(&field.name)));
        }
        self.put("}");
    }

    fn write_visit(&mut self, field: &Field, place: &str) {
        if !self.borrows(&field.type_) {
            return;
        }
        let visit = format!("visitor.visit_{}", field.type_);
        let line = match field.quantity {
            Quantity::One => format!("{visit}({});", place.trim_start_matches('*')),
            Quantity::Optional => format!("if let Some(child) = {place} {{ {visit}(child); }}"),
            Quantity::List => format!("for child in {place} {{ {visit}(child); }}"),
            Quantity::ListOfOptional => {
                format!("for child in {place}.iter().flatten() {{ {visit}(child); }}").replace("in *", "in ")
            }
        };
        self.put(&line);
    }
}

fn write_schema(families: &[Family]) -> String {
    let mut out = String::from(
        "//! Names, fields and documentation of every class of the `ast` module.\n//!\n\
         //! Generated from `crates/ast/nodes.def` by `cargo xtask codegen`; do not edit.\n\n\
         use crate::schema::{ClassSchema, FieldSchema, FieldType, Quantity};\n\n\
         /// Every class, a base before those derived from it.\npub static CLASSES: &[ClassSchema] = &[\n",
    );
    for family in families {
        let mut doc = String::new();
        if family.shape == Shape::Product {
            doc = signature(&family.constructors[0]);
        } else {
            let separator = if family.shape == Shape::Enum {
                " | ".to_owned()
            } else {
                format!("\n{} | ", " ".repeat(family.name.len()))
            };
            let alternatives: Vec<String> = family.constructors.iter().map(signature).collect();
            let _ = write!(doc, "{} = {}", family.name, alternatives.join(&separator));
        }
        let own = if family.shape == Shape::Product { family.constructors[0].fields.as_slice() } else { &[] };
        write_class(&mut out, &family.name, "AST", &doc, own, family.located, family.shape == Shape::Product);
        if family.shape != Shape::Product {
            for constructor in &family.constructors {
                let doc = signature(constructor);
                write_class(
                    &mut out,
                    &constructor.name,
                    &family.name,
                    &doc,
                    &constructor.fields,
                    family.located,
                    true,
                );
            }
        }
    }
    out.push_str("];\n");
    out
}

fn write_class(
    out: &mut String,
    name: &str,
    base: &str,
    doc: &str,
    fields: &[Field],
    located: bool,
    concrete: bool,
) {
    let _ = writeln!(
        out,
        "ClassSchema {{ name: {name:?}, base: {base:?}, doc: {doc:?}, located: {located}, concrete: {concrete}, fields: &["
    );
    for field in fields {
        let type_ = match field.type_.as_str() {
            "identifier" => "FieldType::Identifier".to_owned(),
            "string" => "FieldType::String".to_owned(),
            "int" => "FieldType::Int".to_owned(),
            "constant" => "FieldType::Constant".to_owned(),
            other => format!("FieldType::Node({other:?})"),
        };
        let quantity = match field.quantity {
            Quantity::One => "One",
            Quantity::Optional => "Optional",
            Quantity::List => "List",
            Quantity::ListOfOptional => "ListOfOptional",
        };
        let _ = writeln!(
            out,
            "FieldSchema {{ name: {:?}, type_: {type_}, quantity: Quantity::{quantity} }},",
            field.name
        );
    }
    out.push_str("] },\n");
}
