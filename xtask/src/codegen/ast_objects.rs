//! Makes the conversions between syntax trees and the objects of the `ast` module, for the runtime.

use super::ast::{Constructor, Family, Field, Quantity, Shape, is_struct, rust_field, rust_type};
use std::fmt::Write as _;

/// The text of the generated file.
pub fn write(families: &[Family]) -> String {
    let mut out = String::from(
        "//! Trees to the objects of the `ast` module and back.\n//!\n\
         //! Generated from `crates/ast/nodes.def` by `cargo xtask codegen`; do not edit.\n\n\
         use super::from_objects::{FromNode, Reader};\nuse super::to_objects::{ToNode, Writer};\n\
         use taipan_ast::*;\nuse taipan_objects::prelude::*;\n\n",
    );
    for family in families {
        match family.shape {
            Shape::Enum => write_enum(&mut out, family),
            _ if is_struct(family) => write_struct(&mut out, family),
            _ => write_sum(&mut out, family),
        }
    }
    out
}

fn put(out: &mut String, text: &str) {
    out.push_str(text);
    out.push('\n');
}

fn write_enum(out: &mut String, family: &Family) {
    let name = rust_type(&family.name);
    put(
        out,
        &format!(
            "impl ToNode for {name} {{\nfn to_node(&self, writer: &Writer) -> PyResult {{\nwriter.singleton(self.name())\n}}\n}}\n"
        ),
    );
    put(
        out,
        &format!(
            "impl<'a> FromNode<'a> for {name} {{\nconst FAMILY: &'static str = {0:?};\nfn from_node(node: &PyObject, reader: &Reader<'a>) -> PyResult<Self> {{",
            family.name
        ),
    );
    for constructor in &family.constructors {
        put(out, &format!("if reader.is(node, {0:?})? {{\nreturn Ok({name}::{0});\n}}", constructor.name));
    }
    put(out, &format!("Err(reader.unexpected({:?}, node))\n}}\n}}\n", family.name));
}

fn written(field: &Field, place: &str) -> String {
    match (field.type_.as_str(), field.quantity) {
        ("identifier", Quantity::One) => format!("writer.identifier({place})?"),
        ("identifier", Quantity::List) => format!("writer.identifiers({place})?"),
        ("identifier", _) => format!("writer.optional_identifier({place})?"),
        _ => format!("{place}.to_node(writer)?"),
    }
}

fn read(class: &str, field: &Field) -> String {
    let method = match (field.type_.as_str(), field.quantity) {
        ("identifier", Quantity::One) => "identifier",
        ("identifier", Quantity::Optional) => "optional_identifier",
        ("identifier", _) => "identifiers",
        ("string", Quantity::One) => "string",
        ("string", _) => "optional_string",
        ("int", Quantity::One) => "int",
        ("int", _) => "optional_int",
        ("constant", _) => "constant",
        (_, Quantity::One) => "one",
        (_, Quantity::Optional) => "optional",
        (_, Quantity::List) => "list",
        (_, Quantity::ListOfOptional) => "list_of_optional",
    };
    format!("reader.{method}(node, {class:?}, {:?})?", field.name)
}

fn write_struct(out: &mut String, family: &Family) {
    let name = rust_type(&family.name);
    let constructor = &family.constructors[0];
    let class = &constructor.name;
    let location = if family.located { "Some(&self.loc)" } else { "None" };
    put(
        out,
        &format!(
            "impl ToNode for {name}<'_> {{\nfn to_node(&self, writer: &Writer) -> PyResult {{\nwriter.node({class:?}, {location}, &["
        ),
    );
    for field in &constructor.fields {
        let place = format!("self.{}", rust_field(&field.name));
        put(out, &format!("({:?}, {}),", field.name, written(field, &place)));
    }
    put(out, "])\n}\n}\n");
    put(
        out,
        &format!(
            "impl<'a> FromNode<'a> for {name}<'a> {{\nconst FAMILY: &'static str = {0:?};\nfn from_node(node: &PyObject, reader: &Reader<'a>) -> PyResult<Self> {{\nreader.enter({0:?})?;",
            family.name
        ),
    );
    if family.shape == Shape::Sum {
        if family.located {
            put(out, &format!("let loc = reader.location(node, {:?})?;", family.name));
        }
        put(
            out,
            &format!(
                "if !reader.is(node, {class:?})? {{\nreturn Err(reader.unexpected({:?}, node));\n}}",
                family.name
            ),
        );
    }
    for field in &constructor.fields {
        put(out, &format!("let {} = {};", rust_field(&field.name), read(class, field)));
    }
    if family.located && family.shape != Shape::Sum {
        put(out, &format!("let loc = reader.location(node, {:?})?;", family.name));
    }
    let mut names: Vec<&str> = constructor.fields.iter().map(|field| rust_field(&field.name)).collect();
    if family.located {
        names.push("loc");
    }
    put(out, &format!("reader.leave();\nOk({name} {{ {} }})\n}}\n}}\n", names.join(", ")));
}

fn write_sum(out: &mut String, family: &Family) {
    let name = rust_type(&family.name);
    let kind = if family.located { format!("{name}Kind") } else { name.clone() };
    let (matched, location) =
        if family.located { ("self.kind", "Some(&self.loc)") } else { ("*self", "None") };
    put(
        out,
        &format!(
            "impl ToNode for {name}<'_> {{\nfn to_node(&self, writer: &Writer) -> PyResult {{\nwriter.deeper()?;\nlet made = match {matched} {{"
        ),
    );
    for constructor in &family.constructors {
        write_arm(out, &kind, constructor, location);
    }
    put(out, "};\nwriter.shallower();\nmade\n}\n}\n");
    put(
        out,
        &format!(
            "impl<'a> FromNode<'a> for {name}<'a> {{\nconst FAMILY: &'static str = {0:?};\nfn from_node(node: &PyObject, reader: &Reader<'a>) -> PyResult<Self> {{\nreader.enter({0:?})?;",
            family.name
        ),
    );
    if family.located {
        put(out, &format!("let loc = reader.location(node, {:?})?;", family.name));
    }
    for constructor in &family.constructors {
        let class = &constructor.name;
        put(out, &format!("if reader.is(node, {class:?})? {{"));
        for field in &constructor.fields {
            put(out, &format!("let {} = {};", rust_field(&field.name), read(class, field)));
        }
        let names: Vec<&str> = constructor.fields.iter().map(|field| rust_field(&field.name)).collect();
        let mut value = format!("{kind}::{class}");
        if !names.is_empty() {
            let _ = write!(value, " {{ {} }}", names.join(", "));
        }
        let value = if family.located { format!("{name} {{ kind: {value}, loc }}") } else { value };
        put(out, &format!("reader.leave();\nreturn Ok({value});\n}}"));
    }
    put(out, &format!("Err(reader.unexpected({:?}, node))\n}}\n}}\n", family.name));
}

fn write_arm(out: &mut String, kind: &str, constructor: &Constructor, location: &str) {
    let names: Vec<&str> = constructor.fields.iter().map(|field| rust_field(&field.name)).collect();
    let pattern = if names.is_empty() { String::new() } else { format!(" {{ {} }}", names.join(", ")) };
    let class = &constructor.name;
    put(out, &format!("{kind}::{class}{pattern} => writer.node({class:?}, {location}, &["));
    for field in &constructor.fields {
        put(out, &format!("({:?}, {}),", field.name, written(field, rust_field(&field.name))));
    }
    put(out, "]),");
}
