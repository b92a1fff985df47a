//! Trees to the objects of the `ast` module and back.
//!
//! Generated from `crates/ast/nodes.def` by `cargo xtask codegen`; do not edit.

use super::from_objects::{FromNode, Reader};
use super::to_objects::{ToNode, Writer};
use taipan_ast::*;
use taipan_objects::prelude::*;

impl ToNode for Mod<'_> {
    fn to_node(&self, writer: &Writer) -> PyResult {
        writer.deeper()?;
        let made = match *self {
            Mod::Module { body, type_ignores } => writer.node(
                "Module",
                None,
                &[("body", body.to_node(writer)?), ("type_ignores", type_ignores.to_node(writer)?)],
            ),
            Mod::Interactive { body } => writer.node("Interactive", None, &[("body", body.to_node(writer)?)]),
            Mod::Expression { body } => writer.node("Expression", None, &[("body", body.to_node(writer)?)]),
            Mod::FunctionType { argtypes, returns } => writer.node(
                "FunctionType",
                None,
                &[("argtypes", argtypes.to_node(writer)?), ("returns", returns.to_node(writer)?)],
            ),
        };
        writer.shallower();
        made
    }
}

impl<'a> FromNode<'a> for Mod<'a> {
    const FAMILY: &'static str = "mod";
    fn from_node(node: &PyObject, reader: &Reader<'a>) -> PyResult<Self> {
        reader.enter("mod")?;
        if reader.is(node, "Module")? {
            let body = reader.list(node, "Module", "body")?;
            let type_ignores = reader.list(node, "Module", "type_ignores")?;
            reader.leave();
            return Ok(Mod::Module { body, type_ignores });
        }
        if reader.is(node, "Interactive")? {
            let body = reader.list(node, "Interactive", "body")?;
            reader.leave();
            return Ok(Mod::Interactive { body });
        }
        if reader.is(node, "Expression")? {
            let body = reader.one(node, "Expression", "body")?;
            reader.leave();
            return Ok(Mod::Expression { body });
        }
        if reader.is(node, "FunctionType")? {
            let argtypes = reader.list(node, "FunctionType", "argtypes")?;
            let returns = reader.one(node, "FunctionType", "returns")?;
            reader.leave();
            return Ok(Mod::FunctionType { argtypes, returns });
        }
        Err(reader.unexpected("mod", node))
    }
}

impl ToNode for Stmt<'_> {
    fn to_node(&self, writer: &Writer) -> PyResult {
        writer.deeper()?;
        let made = match self.kind {
            StmtKind::FunctionDef {
                name,
                args,
                body,
                decorator_list,
                returns,
                type_comment,
                type_params,
            } => writer.node(
                "FunctionDef",
                Some(&self.loc),
                &[
                    ("name", writer.identifier(name)?),
                    ("args", args.to_node(writer)?),
                    ("body", body.to_node(writer)?),
                    ("decorator_list", decorator_list.to_node(writer)?),
                    ("returns", returns.to_node(writer)?),
                    ("type_comment", type_comment.to_node(writer)?),
                    ("type_params", type_params.to_node(writer)?),
                ],
            ),
            StmtKind::AsyncFunctionDef {
                name,
                args,
                body,
                decorator_list,
                returns,
                type_comment,
                type_params,
            } => writer.node(
                "AsyncFunctionDef",
                Some(&self.loc),
                &[
                    ("name", writer.identifier(name)?),
                    ("args", args.to_node(writer)?),
                    ("body", body.to_node(writer)?),
                    ("decorator_list", decorator_list.to_node(writer)?),
                    ("returns", returns.to_node(writer)?),
                    ("type_comment", type_comment.to_node(writer)?),
                    ("type_params", type_params.to_node(writer)?),
                ],
            ),
            StmtKind::ClassDef { name, bases, keywords, body, decorator_list, type_params } => writer.node(
                "ClassDef",
                Some(&self.loc),
                &[
                    ("name", writer.identifier(name)?),
                    ("bases", bases.to_node(writer)?),
                    ("keywords", keywords.to_node(writer)?),
                    ("body", body.to_node(writer)?),
                    ("decorator_list", decorator_list.to_node(writer)?),
                    ("type_params", type_params.to_node(writer)?),
                ],
            ),
            StmtKind::Return { value } => {
                writer.node("Return", Some(&self.loc), &[("value", value.to_node(writer)?)])
            }
            StmtKind::Delete { targets } => {
                writer.node("Delete", Some(&self.loc), &[("targets", targets.to_node(writer)?)])
            }
            StmtKind::Assign { targets, value, type_comment } => writer.node(
                "Assign",
                Some(&self.loc),
                &[
                    ("targets", targets.to_node(writer)?),
                    ("value", value.to_node(writer)?),
                    ("type_comment", type_comment.to_node(writer)?),
                ],
            ),
            StmtKind::TypeAlias { name, type_params, value } => writer.node(
                "TypeAlias",
                Some(&self.loc),
                &[
                    ("name", name.to_node(writer)?),
                    ("type_params", type_params.to_node(writer)?),
                    ("value", value.to_node(writer)?),
                ],
            ),
            StmtKind::AugAssign { target, op, value } => writer.node(
                "AugAssign",
                Some(&self.loc),
                &[
                    ("target", target.to_node(writer)?),
                    ("op", op.to_node(writer)?),
                    ("value", value.to_node(writer)?),
                ],
            ),
            StmtKind::AnnAssign { target, annotation, value, simple } => writer.node(
                "AnnAssign",
                Some(&self.loc),
                &[
                    ("target", target.to_node(writer)?),
                    ("annotation", annotation.to_node(writer)?),
                    ("value", value.to_node(writer)?),
                    ("simple", simple.to_node(writer)?),
                ],
            ),
            StmtKind::For { target, iter, body, orelse, type_comment } => writer.node(
                "For",
                Some(&self.loc),
                &[
                    ("target", target.to_node(writer)?),
                    ("iter", iter.to_node(writer)?),
                    ("body", body.to_node(writer)?),
                    ("orelse", orelse.to_node(writer)?),
                    ("type_comment", type_comment.to_node(writer)?),
                ],
            ),
            StmtKind::AsyncFor { target, iter, body, orelse, type_comment } => writer.node(
                "AsyncFor",
                Some(&self.loc),
                &[
                    ("target", target.to_node(writer)?),
                    ("iter", iter.to_node(writer)?),
                    ("body", body.to_node(writer)?),
                    ("orelse", orelse.to_node(writer)?),
                    ("type_comment", type_comment.to_node(writer)?),
                ],
            ),
            StmtKind::While { test, body, orelse } => writer.node(
                "While",
                Some(&self.loc),
                &[
                    ("test", test.to_node(writer)?),
                    ("body", body.to_node(writer)?),
                    ("orelse", orelse.to_node(writer)?),
                ],
            ),
            StmtKind::If { test, body, orelse } => writer.node(
                "If",
                Some(&self.loc),
                &[
                    ("test", test.to_node(writer)?),
                    ("body", body.to_node(writer)?),
                    ("orelse", orelse.to_node(writer)?),
                ],
            ),
            StmtKind::With { items, body, type_comment } => writer.node(
                "With",
                Some(&self.loc),
                &[
                    ("items", items.to_node(writer)?),
                    ("body", body.to_node(writer)?),
                    ("type_comment", type_comment.to_node(writer)?),
                ],
            ),
            StmtKind::AsyncWith { items, body, type_comment } => writer.node(
                "AsyncWith",
                Some(&self.loc),
                &[
                    ("items", items.to_node(writer)?),
                    ("body", body.to_node(writer)?),
                    ("type_comment", type_comment.to_node(writer)?),
                ],
            ),
            StmtKind::Match { subject, cases } => writer.node(
                "Match",
                Some(&self.loc),
                &[("subject", subject.to_node(writer)?), ("cases", cases.to_node(writer)?)],
            ),
            StmtKind::Raise { exc, cause } => writer.node(
                "Raise",
                Some(&self.loc),
                &[("exc", exc.to_node(writer)?), ("cause", cause.to_node(writer)?)],
            ),
            StmtKind::Try { body, handlers, orelse, finalbody } => writer.node(
                "Try",
                Some(&self.loc),
                &[
                    ("body", body.to_node(writer)?),
                    ("handlers", handlers.to_node(writer)?),
                    ("orelse", orelse.to_node(writer)?),
                    ("finalbody", finalbody.to_node(writer)?),
                ],
            ),
            StmtKind::TryStar { body, handlers, orelse, finalbody } => writer.node(
                "TryStar",
                Some(&self.loc),
                &[
                    ("body", body.to_node(writer)?),
                    ("handlers", handlers.to_node(writer)?),
                    ("orelse", orelse.to_node(writer)?),
                    ("finalbody", finalbody.to_node(writer)?),
                ],
            ),
            StmtKind::Assert { test, msg } => writer.node(
                "Assert",
                Some(&self.loc),
                &[("test", test.to_node(writer)?), ("msg", msg.to_node(writer)?)],
            ),
            StmtKind::Import { names } => {
                writer.node("Import", Some(&self.loc), &[("names", names.to_node(writer)?)])
            }
            StmtKind::ImportFrom { module, names, level } => writer.node(
                "ImportFrom",
                Some(&self.loc),
                &[
                    ("module", writer.optional_identifier(module)?),
                    ("names", names.to_node(writer)?),
                    ("level", level.to_node(writer)?),
                ],
            ),
            StmtKind::Global { names } => {
                writer.node("Global", Some(&self.loc), &[("names", writer.identifiers(names)?)])
            }
            StmtKind::Nonlocal { names } => {
                writer.node("Nonlocal", Some(&self.loc), &[("names", writer.identifiers(names)?)])
            }
            StmtKind::Expr { value } => {
                writer.node("Expr", Some(&self.loc), &[("value", value.to_node(writer)?)])
            }
            StmtKind::Pass => writer.node("Pass", Some(&self.loc), &[]),
            StmtKind::Break => writer.node("Break", Some(&self.loc), &[]),
            StmtKind::Continue => writer.node("Continue", Some(&self.loc), &[]),
        };
        writer.shallower();
        made
    }
}

impl<'a> FromNode<'a> for Stmt<'a> {
    const FAMILY: &'static str = "stmt";
    fn from_node(node: &PyObject, reader: &Reader<'a>) -> PyResult<Self> {
        reader.enter("stmt")?;
        let loc = reader.location(node, "stmt")?;
        if reader.is(node, "FunctionDef")? {
            let name = reader.identifier(node, "FunctionDef", "name")?;
            let args = reader.one(node, "FunctionDef", "args")?;
            let body = reader.list(node, "FunctionDef", "body")?;
            let decorator_list = reader.list(node, "FunctionDef", "decorator_list")?;
            let returns = reader.optional(node, "FunctionDef", "returns")?;
            let type_comment = reader.optional_string(node, "FunctionDef", "type_comment")?;
            let type_params = reader.list(node, "FunctionDef", "type_params")?;
            reader.leave();
            return Ok(Stmt {
                kind: StmtKind::FunctionDef {
                    name,
                    args,
                    body,
                    decorator_list,
                    returns,
                    type_comment,
                    type_params,
                },
                loc,
            });
        }
        if reader.is(node, "AsyncFunctionDef")? {
            let name = reader.identifier(node, "AsyncFunctionDef", "name")?;
            let args = reader.one(node, "AsyncFunctionDef", "args")?;
            let body = reader.list(node, "AsyncFunctionDef", "body")?;
            let decorator_list = reader.list(node, "AsyncFunctionDef", "decorator_list")?;
            let returns = reader.optional(node, "AsyncFunctionDef", "returns")?;
            let type_comment = reader.optional_string(node, "AsyncFunctionDef", "type_comment")?;
            let type_params = reader.list(node, "AsyncFunctionDef", "type_params")?;
            reader.leave();
            return Ok(Stmt {
                kind: StmtKind::AsyncFunctionDef {
                    name,
                    args,
                    body,
                    decorator_list,
                    returns,
                    type_comment,
                    type_params,
                },
                loc,
            });
        }
        if reader.is(node, "ClassDef")? {
            let name = reader.identifier(node, "ClassDef", "name")?;
            let bases = reader.list(node, "ClassDef", "bases")?;
            let keywords = reader.list(node, "ClassDef", "keywords")?;
            let body = reader.list(node, "ClassDef", "body")?;
            let decorator_list = reader.list(node, "ClassDef", "decorator_list")?;
            let type_params = reader.list(node, "ClassDef", "type_params")?;
            reader.leave();
            return Ok(Stmt {
                kind: StmtKind::ClassDef { name, bases, keywords, body, decorator_list, type_params },
                loc,
            });
        }
        if reader.is(node, "Return")? {
            let value = reader.optional(node, "Return", "value")?;
            reader.leave();
            return Ok(Stmt { kind: StmtKind::Return { value }, loc });
        }
        if reader.is(node, "Delete")? {
            let targets = reader.list(node, "Delete", "targets")?;
            reader.leave();
            return Ok(Stmt { kind: StmtKind::Delete { targets }, loc });
        }
        if reader.is(node, "Assign")? {
            let targets = reader.list(node, "Assign", "targets")?;
            let value = reader.one(node, "Assign", "value")?;
            let type_comment = reader.optional_string(node, "Assign", "type_comment")?;
            reader.leave();
            return Ok(Stmt { kind: StmtKind::Assign { targets, value, type_comment }, loc });
        }
        if reader.is(node, "TypeAlias")? {
            let name = reader.one(node, "TypeAlias", "name")?;
            let type_params = reader.list(node, "TypeAlias", "type_params")?;
            let value = reader.one(node, "TypeAlias", "value")?;
            reader.leave();
            return Ok(Stmt { kind: StmtKind::TypeAlias { name, type_params, value }, loc });
        }
        if reader.is(node, "AugAssign")? {
            let target = reader.one(node, "AugAssign", "target")?;
            let op = reader.one(node, "AugAssign", "op")?;
            let value = reader.one(node, "AugAssign", "value")?;
            reader.leave();
            return Ok(Stmt { kind: StmtKind::AugAssign { target, op, value }, loc });
        }
        if reader.is(node, "AnnAssign")? {
            let target = reader.one(node, "AnnAssign", "target")?;
            let annotation = reader.one(node, "AnnAssign", "annotation")?;
            let value = reader.optional(node, "AnnAssign", "value")?;
            let simple = reader.int(node, "AnnAssign", "simple")?;
            reader.leave();
            return Ok(Stmt { kind: StmtKind::AnnAssign { target, annotation, value, simple }, loc });
        }
        if reader.is(node, "For")? {
            let target = reader.one(node, "For", "target")?;
            let iter = reader.one(node, "For", "iter")?;
            let body = reader.list(node, "For", "body")?;
            let orelse = reader.list(node, "For", "orelse")?;
            let type_comment = reader.optional_string(node, "For", "type_comment")?;
            reader.leave();
            return Ok(Stmt { kind: StmtKind::For { target, iter, body, orelse, type_comment }, loc });
        }
        if reader.is(node, "AsyncFor")? {
            let target = reader.one(node, "AsyncFor", "target")?;
            let iter = reader.one(node, "AsyncFor", "iter")?;
            let body = reader.list(node, "AsyncFor", "body")?;
            let orelse = reader.list(node, "AsyncFor", "orelse")?;
            let type_comment = reader.optional_string(node, "AsyncFor", "type_comment")?;
            reader.leave();
            return Ok(Stmt { kind: StmtKind::AsyncFor { target, iter, body, orelse, type_comment }, loc });
        }
        if reader.is(node, "While")? {
            let test = reader.one(node, "While", "test")?;
            let body = reader.list(node, "While", "body")?;
            let orelse = reader.list(node, "While", "orelse")?;
            reader.leave();
            return Ok(Stmt { kind: StmtKind::While { test, body, orelse }, loc });
        }
        if reader.is(node, "If")? {
            let test = reader.one(node, "If", "test")?;
            let body = reader.list(node, "If", "body")?;
            let orelse = reader.list(node, "If", "orelse")?;
            reader.leave();
            return Ok(Stmt { kind: StmtKind::If { test, body, orelse }, loc });
        }
        if reader.is(node, "With")? {
            let items = reader.list(node, "With", "items")?;
            let body = reader.list(node, "With", "body")?;
            let type_comment = reader.optional_string(node, "With", "type_comment")?;
            reader.leave();
            return Ok(Stmt { kind: StmtKind::With { items, body, type_comment }, loc });
        }
        if reader.is(node, "AsyncWith")? {
            let items = reader.list(node, "AsyncWith", "items")?;
            let body = reader.list(node, "AsyncWith", "body")?;
            let type_comment = reader.optional_string(node, "AsyncWith", "type_comment")?;
            reader.leave();
            return Ok(Stmt { kind: StmtKind::AsyncWith { items, body, type_comment }, loc });
        }
        if reader.is(node, "Match")? {
            let subject = reader.one(node, "Match", "subject")?;
            let cases = reader.list(node, "Match", "cases")?;
            reader.leave();
            return Ok(Stmt { kind: StmtKind::Match { subject, cases }, loc });
        }
        if reader.is(node, "Raise")? {
            let exc = reader.optional(node, "Raise", "exc")?;
            let cause = reader.optional(node, "Raise", "cause")?;
            reader.leave();
            return Ok(Stmt { kind: StmtKind::Raise { exc, cause }, loc });
        }
        if reader.is(node, "Try")? {
            let body = reader.list(node, "Try", "body")?;
            let handlers = reader.list(node, "Try", "handlers")?;
            let orelse = reader.list(node, "Try", "orelse")?;
            let finalbody = reader.list(node, "Try", "finalbody")?;
            reader.leave();
            return Ok(Stmt { kind: StmtKind::Try { body, handlers, orelse, finalbody }, loc });
        }
        if reader.is(node, "TryStar")? {
            let body = reader.list(node, "TryStar", "body")?;
            let handlers = reader.list(node, "TryStar", "handlers")?;
            let orelse = reader.list(node, "TryStar", "orelse")?;
            let finalbody = reader.list(node, "TryStar", "finalbody")?;
            reader.leave();
            return Ok(Stmt { kind: StmtKind::TryStar { body, handlers, orelse, finalbody }, loc });
        }
        if reader.is(node, "Assert")? {
            let test = reader.one(node, "Assert", "test")?;
            let msg = reader.optional(node, "Assert", "msg")?;
            reader.leave();
            return Ok(Stmt { kind: StmtKind::Assert { test, msg }, loc });
        }
        if reader.is(node, "Import")? {
            let names = reader.list(node, "Import", "names")?;
            reader.leave();
            return Ok(Stmt { kind: StmtKind::Import { names }, loc });
        }
        if reader.is(node, "ImportFrom")? {
            let module = reader.optional_identifier(node, "ImportFrom", "module")?;
            let names = reader.list(node, "ImportFrom", "names")?;
            let level = reader.optional_int(node, "ImportFrom", "level")?;
            reader.leave();
            return Ok(Stmt { kind: StmtKind::ImportFrom { module, names, level }, loc });
        }
        if reader.is(node, "Global")? {
            let names = reader.identifiers(node, "Global", "names")?;
            reader.leave();
            return Ok(Stmt { kind: StmtKind::Global { names }, loc });
        }
        if reader.is(node, "Nonlocal")? {
            let names = reader.identifiers(node, "Nonlocal", "names")?;
            reader.leave();
            return Ok(Stmt { kind: StmtKind::Nonlocal { names }, loc });
        }
        if reader.is(node, "Expr")? {
            let value = reader.one(node, "Expr", "value")?;
            reader.leave();
            return Ok(Stmt { kind: StmtKind::Expr { value }, loc });
        }
        if reader.is(node, "Pass")? {
            reader.leave();
            return Ok(Stmt { kind: StmtKind::Pass, loc });
        }
        if reader.is(node, "Break")? {
            reader.leave();
            return Ok(Stmt { kind: StmtKind::Break, loc });
        }
        if reader.is(node, "Continue")? {
            reader.leave();
            return Ok(Stmt { kind: StmtKind::Continue, loc });
        }
        Err(reader.unexpected("stmt", node))
    }
}

impl ToNode for Expr<'_> {
    fn to_node(&self, writer: &Writer) -> PyResult {
        writer.deeper()?;
        let made = match self.kind {
            ExprKind::BoolOp { op, values } => writer.node(
                "BoolOp",
                Some(&self.loc),
                &[("op", op.to_node(writer)?), ("values", values.to_node(writer)?)],
            ),
            ExprKind::NamedExpr { target, value } => writer.node(
                "NamedExpr",
                Some(&self.loc),
                &[("target", target.to_node(writer)?), ("value", value.to_node(writer)?)],
            ),
            ExprKind::BinOp { left, op, right } => writer.node(
                "BinOp",
                Some(&self.loc),
                &[
                    ("left", left.to_node(writer)?),
                    ("op", op.to_node(writer)?),
                    ("right", right.to_node(writer)?),
                ],
            ),
            ExprKind::UnaryOp { op, operand } => writer.node(
                "UnaryOp",
                Some(&self.loc),
                &[("op", op.to_node(writer)?), ("operand", operand.to_node(writer)?)],
            ),
            ExprKind::Lambda { args, body } => writer.node(
                "Lambda",
                Some(&self.loc),
                &[("args", args.to_node(writer)?), ("body", body.to_node(writer)?)],
            ),
            ExprKind::IfExp { test, body, orelse } => writer.node(
                "IfExp",
                Some(&self.loc),
                &[
                    ("test", test.to_node(writer)?),
                    ("body", body.to_node(writer)?),
                    ("orelse", orelse.to_node(writer)?),
                ],
            ),
            ExprKind::Dict { keys, values } => writer.node(
                "Dict",
                Some(&self.loc),
                &[("keys", keys.to_node(writer)?), ("values", values.to_node(writer)?)],
            ),
            ExprKind::Set { elts } => writer.node("Set", Some(&self.loc), &[("elts", elts.to_node(writer)?)]),
            ExprKind::ListComp { elt, generators } => writer.node(
                "ListComp",
                Some(&self.loc),
                &[("elt", elt.to_node(writer)?), ("generators", generators.to_node(writer)?)],
            ),
            ExprKind::SetComp { elt, generators } => writer.node(
                "SetComp",
                Some(&self.loc),
                &[("elt", elt.to_node(writer)?), ("generators", generators.to_node(writer)?)],
            ),
            ExprKind::DictComp { key, value, generators } => writer.node(
                "DictComp",
                Some(&self.loc),
                &[
                    ("key", key.to_node(writer)?),
                    ("value", value.to_node(writer)?),
                    ("generators", generators.to_node(writer)?),
                ],
            ),
            ExprKind::GeneratorExp { elt, generators } => writer.node(
                "GeneratorExp",
                Some(&self.loc),
                &[("elt", elt.to_node(writer)?), ("generators", generators.to_node(writer)?)],
            ),
            ExprKind::Await { value } => {
                writer.node("Await", Some(&self.loc), &[("value", value.to_node(writer)?)])
            }
            ExprKind::Yield { value } => {
                writer.node("Yield", Some(&self.loc), &[("value", value.to_node(writer)?)])
            }
            ExprKind::YieldFrom { value } => {
                writer.node("YieldFrom", Some(&self.loc), &[("value", value.to_node(writer)?)])
            }
            ExprKind::Compare { left, ops, comparators } => writer.node(
                "Compare",
                Some(&self.loc),
                &[
                    ("left", left.to_node(writer)?),
                    ("ops", ops.to_node(writer)?),
                    ("comparators", comparators.to_node(writer)?),
                ],
            ),
            ExprKind::Call { func, args, keywords } => writer.node(
                "Call",
                Some(&self.loc),
                &[
                    ("func", func.to_node(writer)?),
                    ("args", args.to_node(writer)?),
                    ("keywords", keywords.to_node(writer)?),
                ],
            ),
            ExprKind::FormattedValue { value, conversion, format_spec } => writer.node(
                "FormattedValue",
                Some(&self.loc),
                &[
                    ("value", value.to_node(writer)?),
                    ("conversion", conversion.to_node(writer)?),
                    ("format_spec", format_spec.to_node(writer)?),
                ],
            ),
            ExprKind::Interpolation { value, str, conversion, format_spec } => writer.node(
                "Interpolation",
                Some(&self.loc),
                &[
                    ("value", value.to_node(writer)?),
                    ("str", str.to_node(writer)?),
                    ("conversion", conversion.to_node(writer)?),
                    ("format_spec", format_spec.to_node(writer)?),
                ],
            ),
            ExprKind::JoinedStr { values } => {
                writer.node("JoinedStr", Some(&self.loc), &[("values", values.to_node(writer)?)])
            }
            ExprKind::TemplateStr { values } => {
                writer.node("TemplateStr", Some(&self.loc), &[("values", values.to_node(writer)?)])
            }
            ExprKind::Constant { value, kind } => writer.node(
                "Constant",
                Some(&self.loc),
                &[("value", value.to_node(writer)?), ("kind", kind.to_node(writer)?)],
            ),
            ExprKind::Attribute { value, attr, ctx } => writer.node(
                "Attribute",
                Some(&self.loc),
                &[
                    ("value", value.to_node(writer)?),
                    ("attr", writer.identifier(attr)?),
                    ("ctx", ctx.to_node(writer)?),
                ],
            ),
            ExprKind::Subscript { value, slice, ctx } => writer.node(
                "Subscript",
                Some(&self.loc),
                &[
                    ("value", value.to_node(writer)?),
                    ("slice", slice.to_node(writer)?),
                    ("ctx", ctx.to_node(writer)?),
                ],
            ),
            ExprKind::Starred { value, ctx } => writer.node(
                "Starred",
                Some(&self.loc),
                &[("value", value.to_node(writer)?), ("ctx", ctx.to_node(writer)?)],
            ),
            ExprKind::Name { id, ctx } => writer.node(
                "Name",
                Some(&self.loc),
                &[("id", writer.identifier(id)?), ("ctx", ctx.to_node(writer)?)],
            ),
            ExprKind::List { elts, ctx } => writer.node(
                "List",
                Some(&self.loc),
                &[("elts", elts.to_node(writer)?), ("ctx", ctx.to_node(writer)?)],
            ),
            ExprKind::Tuple { elts, ctx } => writer.node(
                "Tuple",
                Some(&self.loc),
                &[("elts", elts.to_node(writer)?), ("ctx", ctx.to_node(writer)?)],
            ),
            ExprKind::Slice { lower, upper, step } => writer.node(
                "Slice",
                Some(&self.loc),
                &[
                    ("lower", lower.to_node(writer)?),
                    ("upper", upper.to_node(writer)?),
                    ("step", step.to_node(writer)?),
                ],
            ),
        };
        writer.shallower();
        made
    }
}

impl<'a> FromNode<'a> for Expr<'a> {
    const FAMILY: &'static str = "expr";
    fn from_node(node: &PyObject, reader: &Reader<'a>) -> PyResult<Self> {
        reader.enter("expr")?;
        let loc = reader.location(node, "expr")?;
        if reader.is(node, "BoolOp")? {
            let op = reader.one(node, "BoolOp", "op")?;
            let values = reader.list(node, "BoolOp", "values")?;
            reader.leave();
            return Ok(Expr { kind: ExprKind::BoolOp { op, values }, loc });
        }
        if reader.is(node, "NamedExpr")? {
            let target = reader.one(node, "NamedExpr", "target")?;
            let value = reader.one(node, "NamedExpr", "value")?;
            reader.leave();
            return Ok(Expr { kind: ExprKind::NamedExpr { target, value }, loc });
        }
        if reader.is(node, "BinOp")? {
            let left = reader.one(node, "BinOp", "left")?;
            let op = reader.one(node, "BinOp", "op")?;
            let right = reader.one(node, "BinOp", "right")?;
            reader.leave();
            return Ok(Expr { kind: ExprKind::BinOp { left, op, right }, loc });
        }
        if reader.is(node, "UnaryOp")? {
            let op = reader.one(node, "UnaryOp", "op")?;
            let operand = reader.one(node, "UnaryOp", "operand")?;
            reader.leave();
            return Ok(Expr { kind: ExprKind::UnaryOp { op, operand }, loc });
        }
        if reader.is(node, "Lambda")? {
            let args = reader.one(node, "Lambda", "args")?;
            let body = reader.one(node, "Lambda", "body")?;
            reader.leave();
            return Ok(Expr { kind: ExprKind::Lambda { args, body }, loc });
        }
        if reader.is(node, "IfExp")? {
            let test = reader.one(node, "IfExp", "test")?;
            let body = reader.one(node, "IfExp", "body")?;
            let orelse = reader.one(node, "IfExp", "orelse")?;
            reader.leave();
            return Ok(Expr { kind: ExprKind::IfExp { test, body, orelse }, loc });
        }
        if reader.is(node, "Dict")? {
            let keys = reader.list_of_optional(node, "Dict", "keys")?;
            let values = reader.list(node, "Dict", "values")?;
            reader.leave();
            return Ok(Expr { kind: ExprKind::Dict { keys, values }, loc });
        }
        if reader.is(node, "Set")? {
            let elts = reader.list(node, "Set", "elts")?;
            reader.leave();
            return Ok(Expr { kind: ExprKind::Set { elts }, loc });
        }
        if reader.is(node, "ListComp")? {
            let elt = reader.one(node, "ListComp", "elt")?;
            let generators = reader.list(node, "ListComp", "generators")?;
            reader.leave();
            return Ok(Expr { kind: ExprKind::ListComp { elt, generators }, loc });
        }
        if reader.is(node, "SetComp")? {
            let elt = reader.one(node, "SetComp", "elt")?;
            let generators = reader.list(node, "SetComp", "generators")?;
            reader.leave();
            return Ok(Expr { kind: ExprKind::SetComp { elt, generators }, loc });
        }
        if reader.is(node, "DictComp")? {
            let key = reader.one(node, "DictComp", "key")?;
            let value = reader.one(node, "DictComp", "value")?;
            let generators = reader.list(node, "DictComp", "generators")?;
            reader.leave();
            return Ok(Expr { kind: ExprKind::DictComp { key, value, generators }, loc });
        }
        if reader.is(node, "GeneratorExp")? {
            let elt = reader.one(node, "GeneratorExp", "elt")?;
            let generators = reader.list(node, "GeneratorExp", "generators")?;
            reader.leave();
            return Ok(Expr { kind: ExprKind::GeneratorExp { elt, generators }, loc });
        }
        if reader.is(node, "Await")? {
            let value = reader.one(node, "Await", "value")?;
            reader.leave();
            return Ok(Expr { kind: ExprKind::Await { value }, loc });
        }
        if reader.is(node, "Yield")? {
            let value = reader.optional(node, "Yield", "value")?;
            reader.leave();
            return Ok(Expr { kind: ExprKind::Yield { value }, loc });
        }
        if reader.is(node, "YieldFrom")? {
            let value = reader.one(node, "YieldFrom", "value")?;
            reader.leave();
            return Ok(Expr { kind: ExprKind::YieldFrom { value }, loc });
        }
        if reader.is(node, "Compare")? {
            let left = reader.one(node, "Compare", "left")?;
            let ops = reader.list(node, "Compare", "ops")?;
            let comparators = reader.list(node, "Compare", "comparators")?;
            reader.leave();
            return Ok(Expr { kind: ExprKind::Compare { left, ops, comparators }, loc });
        }
        if reader.is(node, "Call")? {
            let func = reader.one(node, "Call", "func")?;
            let args = reader.list(node, "Call", "args")?;
            let keywords = reader.list(node, "Call", "keywords")?;
            reader.leave();
            return Ok(Expr { kind: ExprKind::Call { func, args, keywords }, loc });
        }
        if reader.is(node, "FormattedValue")? {
            let value = reader.one(node, "FormattedValue", "value")?;
            let conversion = reader.int(node, "FormattedValue", "conversion")?;
            let format_spec = reader.optional(node, "FormattedValue", "format_spec")?;
            reader.leave();
            return Ok(Expr { kind: ExprKind::FormattedValue { value, conversion, format_spec }, loc });
        }
        if reader.is(node, "Interpolation")? {
            let value = reader.one(node, "Interpolation", "value")?;
            let str = reader.constant(node, "Interpolation", "str")?;
            let conversion = reader.int(node, "Interpolation", "conversion")?;
            let format_spec = reader.optional(node, "Interpolation", "format_spec")?;
            reader.leave();
            return Ok(Expr { kind: ExprKind::Interpolation { value, str, conversion, format_spec }, loc });
        }
        if reader.is(node, "JoinedStr")? {
            let values = reader.list(node, "JoinedStr", "values")?;
            reader.leave();
            return Ok(Expr { kind: ExprKind::JoinedStr { values }, loc });
        }
        if reader.is(node, "TemplateStr")? {
            let values = reader.list(node, "TemplateStr", "values")?;
            reader.leave();
            return Ok(Expr { kind: ExprKind::TemplateStr { values }, loc });
        }
        if reader.is(node, "Constant")? {
            let value = reader.constant(node, "Constant", "value")?;
            let kind = reader.optional_string(node, "Constant", "kind")?;
            reader.leave();
            return Ok(Expr { kind: ExprKind::Constant { value, kind }, loc });
        }
        if reader.is(node, "Attribute")? {
            let value = reader.one(node, "Attribute", "value")?;
            let attr = reader.identifier(node, "Attribute", "attr")?;
            let ctx = reader.one(node, "Attribute", "ctx")?;
            reader.leave();
            return Ok(Expr { kind: ExprKind::Attribute { value, attr, ctx }, loc });
        }
        if reader.is(node, "Subscript")? {
            let value = reader.one(node, "Subscript", "value")?;
            let slice = reader.one(node, "Subscript", "slice")?;
            let ctx = reader.one(node, "Subscript", "ctx")?;
            reader.leave();
            return Ok(Expr { kind: ExprKind::Subscript { value, slice, ctx }, loc });
        }
        if reader.is(node, "Starred")? {
            let value = reader.one(node, "Starred", "value")?;
            let ctx = reader.one(node, "Starred", "ctx")?;
            reader.leave();
            return Ok(Expr { kind: ExprKind::Starred { value, ctx }, loc });
        }
        if reader.is(node, "Name")? {
            let id = reader.identifier(node, "Name", "id")?;
            let ctx = reader.one(node, "Name", "ctx")?;
            reader.leave();
            return Ok(Expr { kind: ExprKind::Name { id, ctx }, loc });
        }
        if reader.is(node, "List")? {
            let elts = reader.list(node, "List", "elts")?;
            let ctx = reader.one(node, "List", "ctx")?;
            reader.leave();
            return Ok(Expr { kind: ExprKind::List { elts, ctx }, loc });
        }
        if reader.is(node, "Tuple")? {
            let elts = reader.list(node, "Tuple", "elts")?;
            let ctx = reader.one(node, "Tuple", "ctx")?;
            reader.leave();
            return Ok(Expr { kind: ExprKind::Tuple { elts, ctx }, loc });
        }
        if reader.is(node, "Slice")? {
            let lower = reader.optional(node, "Slice", "lower")?;
            let upper = reader.optional(node, "Slice", "upper")?;
            let step = reader.optional(node, "Slice", "step")?;
            reader.leave();
            return Ok(Expr { kind: ExprKind::Slice { lower, upper, step }, loc });
        }
        Err(reader.unexpected("expr", node))
    }
}

impl ToNode for ExprContext {
    fn to_node(&self, writer: &Writer) -> PyResult {
        writer.singleton(self.name())
    }
}

impl<'a> FromNode<'a> for ExprContext {
    const FAMILY: &'static str = "expr_context";
    fn from_node(node: &PyObject, reader: &Reader<'a>) -> PyResult<Self> {
        if reader.is(node, "Load")? {
            return Ok(ExprContext::Load);
        }
        if reader.is(node, "Store")? {
            return Ok(ExprContext::Store);
        }
        if reader.is(node, "Del")? {
            return Ok(ExprContext::Del);
        }
        Err(reader.unexpected("expr_context", node))
    }
}

impl ToNode for BoolOp {
    fn to_node(&self, writer: &Writer) -> PyResult {
        writer.singleton(self.name())
    }
}

impl<'a> FromNode<'a> for BoolOp {
    const FAMILY: &'static str = "boolop";
    fn from_node(node: &PyObject, reader: &Reader<'a>) -> PyResult<Self> {
        if reader.is(node, "And")? {
            return Ok(BoolOp::And);
        }
        if reader.is(node, "Or")? {
            return Ok(BoolOp::Or);
        }
        Err(reader.unexpected("boolop", node))
    }
}

impl ToNode for Operator {
    fn to_node(&self, writer: &Writer) -> PyResult {
        writer.singleton(self.name())
    }
}

impl<'a> FromNode<'a> for Operator {
    const FAMILY: &'static str = "operator";
    fn from_node(node: &PyObject, reader: &Reader<'a>) -> PyResult<Self> {
        if reader.is(node, "Add")? {
            return Ok(Operator::Add);
        }
        if reader.is(node, "Sub")? {
            return Ok(Operator::Sub);
        }
        if reader.is(node, "Mult")? {
            return Ok(Operator::Mult);
        }
        if reader.is(node, "MatMult")? {
            return Ok(Operator::MatMult);
        }
        if reader.is(node, "Div")? {
            return Ok(Operator::Div);
        }
        if reader.is(node, "Mod")? {
            return Ok(Operator::Mod);
        }
        if reader.is(node, "Pow")? {
            return Ok(Operator::Pow);
        }
        if reader.is(node, "LShift")? {
            return Ok(Operator::LShift);
        }
        if reader.is(node, "RShift")? {
            return Ok(Operator::RShift);
        }
        if reader.is(node, "BitOr")? {
            return Ok(Operator::BitOr);
        }
        if reader.is(node, "BitXor")? {
            return Ok(Operator::BitXor);
        }
        if reader.is(node, "BitAnd")? {
            return Ok(Operator::BitAnd);
        }
        if reader.is(node, "FloorDiv")? {
            return Ok(Operator::FloorDiv);
        }
        Err(reader.unexpected("operator", node))
    }
}

impl ToNode for UnaryOp {
    fn to_node(&self, writer: &Writer) -> PyResult {
        writer.singleton(self.name())
    }
}

impl<'a> FromNode<'a> for UnaryOp {
    const FAMILY: &'static str = "unaryop";
    fn from_node(node: &PyObject, reader: &Reader<'a>) -> PyResult<Self> {
        if reader.is(node, "Invert")? {
            return Ok(UnaryOp::Invert);
        }
        if reader.is(node, "Not")? {
            return Ok(UnaryOp::Not);
        }
        if reader.is(node, "UAdd")? {
            return Ok(UnaryOp::UAdd);
        }
        if reader.is(node, "USub")? {
            return Ok(UnaryOp::USub);
        }
        Err(reader.unexpected("unaryop", node))
    }
}

impl ToNode for CmpOp {
    fn to_node(&self, writer: &Writer) -> PyResult {
        writer.singleton(self.name())
    }
}

impl<'a> FromNode<'a> for CmpOp {
    const FAMILY: &'static str = "cmpop";
    fn from_node(node: &PyObject, reader: &Reader<'a>) -> PyResult<Self> {
        if reader.is(node, "Eq")? {
            return Ok(CmpOp::Eq);
        }
        if reader.is(node, "NotEq")? {
            return Ok(CmpOp::NotEq);
        }
        if reader.is(node, "Lt")? {
            return Ok(CmpOp::Lt);
        }
        if reader.is(node, "LtE")? {
            return Ok(CmpOp::LtE);
        }
        if reader.is(node, "Gt")? {
            return Ok(CmpOp::Gt);
        }
        if reader.is(node, "GtE")? {
            return Ok(CmpOp::GtE);
        }
        if reader.is(node, "Is")? {
            return Ok(CmpOp::Is);
        }
        if reader.is(node, "IsNot")? {
            return Ok(CmpOp::IsNot);
        }
        if reader.is(node, "In")? {
            return Ok(CmpOp::In);
        }
        if reader.is(node, "NotIn")? {
            return Ok(CmpOp::NotIn);
        }
        Err(reader.unexpected("cmpop", node))
    }
}

impl ToNode for Comprehension<'_> {
    fn to_node(&self, writer: &Writer) -> PyResult {
        writer.node(
            "comprehension",
            None,
            &[
                ("target", self.target.to_node(writer)?),
                ("iter", self.iter.to_node(writer)?),
                ("ifs", self.ifs.to_node(writer)?),
                ("is_async", self.is_async.to_node(writer)?),
            ],
        )
    }
}

impl<'a> FromNode<'a> for Comprehension<'a> {
    const FAMILY: &'static str = "comprehension";
    fn from_node(node: &PyObject, reader: &Reader<'a>) -> PyResult<Self> {
        reader.enter("comprehension")?;
        let target = reader.one(node, "comprehension", "target")?;
        let iter = reader.one(node, "comprehension", "iter")?;
        let ifs = reader.list(node, "comprehension", "ifs")?;
        let is_async = reader.int(node, "comprehension", "is_async")?;
        reader.leave();
        Ok(Comprehension { target, iter, ifs, is_async })
    }
}

impl ToNode for ExceptHandler<'_> {
    fn to_node(&self, writer: &Writer) -> PyResult {
        writer.node(
            "ExceptHandler",
            Some(&self.loc),
            &[
                ("type", self.type_.to_node(writer)?),
                ("name", writer.optional_identifier(self.name)?),
                ("body", self.body.to_node(writer)?),
            ],
        )
    }
}

impl<'a> FromNode<'a> for ExceptHandler<'a> {
    const FAMILY: &'static str = "excepthandler";
    fn from_node(node: &PyObject, reader: &Reader<'a>) -> PyResult<Self> {
        reader.enter("excepthandler")?;
        let loc = reader.location(node, "excepthandler")?;
        if !reader.is(node, "ExceptHandler")? {
            return Err(reader.unexpected("excepthandler", node));
        }
        let type_ = reader.optional(node, "ExceptHandler", "type")?;
        let name = reader.optional_identifier(node, "ExceptHandler", "name")?;
        let body = reader.list(node, "ExceptHandler", "body")?;
        reader.leave();
        Ok(ExceptHandler { type_, name, body, loc })
    }
}

impl ToNode for Arguments<'_> {
    fn to_node(&self, writer: &Writer) -> PyResult {
        writer.node(
            "arguments",
            None,
            &[
                ("posonlyargs", self.posonlyargs.to_node(writer)?),
                ("args", self.args.to_node(writer)?),
                ("vararg", self.vararg.to_node(writer)?),
                ("kwonlyargs", self.kwonlyargs.to_node(writer)?),
                ("kw_defaults", self.kw_defaults.to_node(writer)?),
                ("kwarg", self.kwarg.to_node(writer)?),
                ("defaults", self.defaults.to_node(writer)?),
            ],
        )
    }
}

impl<'a> FromNode<'a> for Arguments<'a> {
    const FAMILY: &'static str = "arguments";
    fn from_node(node: &PyObject, reader: &Reader<'a>) -> PyResult<Self> {
        reader.enter("arguments")?;
        let posonlyargs = reader.list(node, "arguments", "posonlyargs")?;
        let args = reader.list(node, "arguments", "args")?;
        let vararg = reader.optional(node, "arguments", "vararg")?;
        let kwonlyargs = reader.list(node, "arguments", "kwonlyargs")?;
        let kw_defaults = reader.list_of_optional(node, "arguments", "kw_defaults")?;
        let kwarg = reader.optional(node, "arguments", "kwarg")?;
        let defaults = reader.list(node, "arguments", "defaults")?;
        reader.leave();
        Ok(Arguments { posonlyargs, args, vararg, kwonlyargs, kw_defaults, kwarg, defaults })
    }
}

impl ToNode for Arg<'_> {
    fn to_node(&self, writer: &Writer) -> PyResult {
        writer.node(
            "arg",
            Some(&self.loc),
            &[
                ("arg", writer.identifier(self.arg)?),
                ("annotation", self.annotation.to_node(writer)?),
                ("type_comment", self.type_comment.to_node(writer)?),
            ],
        )
    }
}

impl<'a> FromNode<'a> for Arg<'a> {
    const FAMILY: &'static str = "arg";
    fn from_node(node: &PyObject, reader: &Reader<'a>) -> PyResult<Self> {
        reader.enter("arg")?;
        let arg = reader.identifier(node, "arg", "arg")?;
        let annotation = reader.optional(node, "arg", "annotation")?;
        let type_comment = reader.optional_string(node, "arg", "type_comment")?;
        let loc = reader.location(node, "arg")?;
        reader.leave();
        Ok(Arg { arg, annotation, type_comment, loc })
    }
}

impl ToNode for Keyword<'_> {
    fn to_node(&self, writer: &Writer) -> PyResult {
        writer.node(
            "keyword",
            Some(&self.loc),
            &[("arg", writer.optional_identifier(self.arg)?), ("value", self.value.to_node(writer)?)],
        )
    }
}

impl<'a> FromNode<'a> for Keyword<'a> {
    const FAMILY: &'static str = "keyword";
    fn from_node(node: &PyObject, reader: &Reader<'a>) -> PyResult<Self> {
        reader.enter("keyword")?;
        let arg = reader.optional_identifier(node, "keyword", "arg")?;
        let value = reader.one(node, "keyword", "value")?;
        let loc = reader.location(node, "keyword")?;
        reader.leave();
        Ok(Keyword { arg, value, loc })
    }
}

impl ToNode for Alias<'_> {
    fn to_node(&self, writer: &Writer) -> PyResult {
        writer.node(
            "alias",
            Some(&self.loc),
            &[("name", writer.identifier(self.name)?), ("asname", writer.optional_identifier(self.asname)?)],
        )
    }
}

impl<'a> FromNode<'a> for Alias<'a> {
    const FAMILY: &'static str = "alias";
    fn from_node(node: &PyObject, reader: &Reader<'a>) -> PyResult<Self> {
        reader.enter("alias")?;
        let name = reader.identifier(node, "alias", "name")?;
        let asname = reader.optional_identifier(node, "alias", "asname")?;
        let loc = reader.location(node, "alias")?;
        reader.leave();
        Ok(Alias { name, asname, loc })
    }
}

impl ToNode for WithItem<'_> {
    fn to_node(&self, writer: &Writer) -> PyResult {
        writer.node(
            "withitem",
            None,
            &[
                ("context_expr", self.context_expr.to_node(writer)?),
                ("optional_vars", self.optional_vars.to_node(writer)?),
            ],
        )
    }
}

impl<'a> FromNode<'a> for WithItem<'a> {
    const FAMILY: &'static str = "withitem";
    fn from_node(node: &PyObject, reader: &Reader<'a>) -> PyResult<Self> {
        reader.enter("withitem")?;
        let context_expr = reader.one(node, "withitem", "context_expr")?;
        let optional_vars = reader.optional(node, "withitem", "optional_vars")?;
        reader.leave();
        Ok(WithItem { context_expr, optional_vars })
    }
}

impl ToNode for MatchCase<'_> {
    fn to_node(&self, writer: &Writer) -> PyResult {
        writer.node(
            "match_case",
            None,
            &[
                ("pattern", self.pattern.to_node(writer)?),
                ("guard", self.guard.to_node(writer)?),
                ("body", self.body.to_node(writer)?),
            ],
        )
    }
}

impl<'a> FromNode<'a> for MatchCase<'a> {
    const FAMILY: &'static str = "match_case";
    fn from_node(node: &PyObject, reader: &Reader<'a>) -> PyResult<Self> {
        reader.enter("match_case")?;
        let pattern = reader.one(node, "match_case", "pattern")?;
        let guard = reader.optional(node, "match_case", "guard")?;
        let body = reader.list(node, "match_case", "body")?;
        reader.leave();
        Ok(MatchCase { pattern, guard, body })
    }
}

impl ToNode for Pattern<'_> {
    fn to_node(&self, writer: &Writer) -> PyResult {
        writer.deeper()?;
        let made = match self.kind {
            PatternKind::MatchValue { value } => {
                writer.node("MatchValue", Some(&self.loc), &[("value", value.to_node(writer)?)])
            }
            PatternKind::MatchSingleton { value } => {
                writer.node("MatchSingleton", Some(&self.loc), &[("value", value.to_node(writer)?)])
            }
            PatternKind::MatchSequence { patterns } => {
                writer.node("MatchSequence", Some(&self.loc), &[("patterns", patterns.to_node(writer)?)])
            }
            PatternKind::MatchMapping { keys, patterns, rest } => writer.node(
                "MatchMapping",
                Some(&self.loc),
                &[
                    ("keys", keys.to_node(writer)?),
                    ("patterns", patterns.to_node(writer)?),
                    ("rest", writer.optional_identifier(rest)?),
                ],
            ),
            PatternKind::MatchClass { cls, patterns, kwd_attrs, kwd_patterns } => writer.node(
                "MatchClass",
                Some(&self.loc),
                &[
                    ("cls", cls.to_node(writer)?),
                    ("patterns", patterns.to_node(writer)?),
                    ("kwd_attrs", writer.identifiers(kwd_attrs)?),
                    ("kwd_patterns", kwd_patterns.to_node(writer)?),
                ],
            ),
            PatternKind::MatchStar { name } => {
                writer.node("MatchStar", Some(&self.loc), &[("name", writer.optional_identifier(name)?)])
            }
            PatternKind::MatchAs { pattern, name } => writer.node(
                "MatchAs",
                Some(&self.loc),
                &[("pattern", pattern.to_node(writer)?), ("name", writer.optional_identifier(name)?)],
            ),
            PatternKind::MatchOr { patterns } => {
                writer.node("MatchOr", Some(&self.loc), &[("patterns", patterns.to_node(writer)?)])
            }
        };
        writer.shallower();
        made
    }
}

impl<'a> FromNode<'a> for Pattern<'a> {
    const FAMILY: &'static str = "pattern";
    fn from_node(node: &PyObject, reader: &Reader<'a>) -> PyResult<Self> {
        reader.enter("pattern")?;
        let loc = reader.location(node, "pattern")?;
        if reader.is(node, "MatchValue")? {
            let value = reader.one(node, "MatchValue", "value")?;
            reader.leave();
            return Ok(Pattern { kind: PatternKind::MatchValue { value }, loc });
        }
        if reader.is(node, "MatchSingleton")? {
            let value = reader.constant(node, "MatchSingleton", "value")?;
            reader.leave();
            return Ok(Pattern { kind: PatternKind::MatchSingleton { value }, loc });
        }
        if reader.is(node, "MatchSequence")? {
            let patterns = reader.list(node, "MatchSequence", "patterns")?;
            reader.leave();
            return Ok(Pattern { kind: PatternKind::MatchSequence { patterns }, loc });
        }
        if reader.is(node, "MatchMapping")? {
            let keys = reader.list(node, "MatchMapping", "keys")?;
            let patterns = reader.list(node, "MatchMapping", "patterns")?;
            let rest = reader.optional_identifier(node, "MatchMapping", "rest")?;
            reader.leave();
            return Ok(Pattern { kind: PatternKind::MatchMapping { keys, patterns, rest }, loc });
        }
        if reader.is(node, "MatchClass")? {
            let cls = reader.one(node, "MatchClass", "cls")?;
            let patterns = reader.list(node, "MatchClass", "patterns")?;
            let kwd_attrs = reader.identifiers(node, "MatchClass", "kwd_attrs")?;
            let kwd_patterns = reader.list(node, "MatchClass", "kwd_patterns")?;
            reader.leave();
            return Ok(Pattern {
                kind: PatternKind::MatchClass { cls, patterns, kwd_attrs, kwd_patterns },
                loc,
            });
        }
        if reader.is(node, "MatchStar")? {
            let name = reader.optional_identifier(node, "MatchStar", "name")?;
            reader.leave();
            return Ok(Pattern { kind: PatternKind::MatchStar { name }, loc });
        }
        if reader.is(node, "MatchAs")? {
            let pattern = reader.optional(node, "MatchAs", "pattern")?;
            let name = reader.optional_identifier(node, "MatchAs", "name")?;
            reader.leave();
            return Ok(Pattern { kind: PatternKind::MatchAs { pattern, name }, loc });
        }
        if reader.is(node, "MatchOr")? {
            let patterns = reader.list(node, "MatchOr", "patterns")?;
            reader.leave();
            return Ok(Pattern { kind: PatternKind::MatchOr { patterns }, loc });
        }
        Err(reader.unexpected("pattern", node))
    }
}

impl ToNode for TypeIgnore<'_> {
    fn to_node(&self, writer: &Writer) -> PyResult {
        writer.node(
            "TypeIgnore",
            None,
            &[("lineno", self.lineno.to_node(writer)?), ("tag", self.tag.to_node(writer)?)],
        )
    }
}

impl<'a> FromNode<'a> for TypeIgnore<'a> {
    const FAMILY: &'static str = "type_ignore";
    fn from_node(node: &PyObject, reader: &Reader<'a>) -> PyResult<Self> {
        reader.enter("type_ignore")?;
        if !reader.is(node, "TypeIgnore")? {
            return Err(reader.unexpected("type_ignore", node));
        }
        let lineno = reader.int(node, "TypeIgnore", "lineno")?;
        let tag = reader.string(node, "TypeIgnore", "tag")?;
        reader.leave();
        Ok(TypeIgnore { lineno, tag })
    }
}

impl ToNode for TypeParam<'_> {
    fn to_node(&self, writer: &Writer) -> PyResult {
        writer.deeper()?;
        let made = match self.kind {
            TypeParamKind::TypeVar { name, bound, default_value } => writer.node(
                "TypeVar",
                Some(&self.loc),
                &[
                    ("name", writer.identifier(name)?),
                    ("bound", bound.to_node(writer)?),
                    ("default_value", default_value.to_node(writer)?),
                ],
            ),
            TypeParamKind::ParamSpec { name, default_value } => writer.node(
                "ParamSpec",
                Some(&self.loc),
                &[("name", writer.identifier(name)?), ("default_value", default_value.to_node(writer)?)],
            ),
            TypeParamKind::TypeVarTuple { name, default_value } => writer.node(
                "TypeVarTuple",
                Some(&self.loc),
                &[("name", writer.identifier(name)?), ("default_value", default_value.to_node(writer)?)],
            ),
        };
        writer.shallower();
        made
    }
}

impl<'a> FromNode<'a> for TypeParam<'a> {
    const FAMILY: &'static str = "type_param";
    fn from_node(node: &PyObject, reader: &Reader<'a>) -> PyResult<Self> {
        reader.enter("type_param")?;
        let loc = reader.location(node, "type_param")?;
        if reader.is(node, "TypeVar")? {
            let name = reader.identifier(node, "TypeVar", "name")?;
            let bound = reader.optional(node, "TypeVar", "bound")?;
            let default_value = reader.optional(node, "TypeVar", "default_value")?;
            reader.leave();
            return Ok(TypeParam { kind: TypeParamKind::TypeVar { name, bound, default_value }, loc });
        }
        if reader.is(node, "ParamSpec")? {
            let name = reader.identifier(node, "ParamSpec", "name")?;
            let default_value = reader.optional(node, "ParamSpec", "default_value")?;
            reader.leave();
            return Ok(TypeParam { kind: TypeParamKind::ParamSpec { name, default_value }, loc });
        }
        if reader.is(node, "TypeVarTuple")? {
            let name = reader.identifier(node, "TypeVarTuple", "name")?;
            let default_value = reader.optional(node, "TypeVarTuple", "default_value")?;
            reader.leave();
            return Ok(TypeParam { kind: TypeParamKind::TypeVarTuple { name, default_value }, loc });
        }
        Err(reader.unexpected("type_param", node))
    }
}
