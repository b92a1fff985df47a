//! Writes a tree as `ast.dump(tree, include_attributes=True)` does, but for values whose `repr` is a matter of its own:
//! text is written as `str'…'` in JSON's escapes with surrogates as `\uXXXX`, bytes as `bytes'…'` in hexadecimal, integers in
//! hexadecimal, floats as their 64 bits. Locations are written `@line:column-line:column`.

use std::fmt::Write as _;

use taipan_ast::*;

/// The writer; `locations` turns attributes on.
pub struct Dump {
    out: String,
    locations: bool,
}

/// The tree as text.
pub fn dump(tree: &Mod<'_>, locations: bool) -> String {
    let mut dump = Dump { out: String::new(), locations };
    dump.module(tree);
    dump.out
}

type Write<'f, T> = &'f dyn for<'n> Fn(&mut Dump, &'n T);

impl Dump {
    fn open(&mut self, name: &str) {
        self.out.push_str(name);
        self.out.push('(');
    }

    fn close(&mut self) {
        if self.out.ends_with(", ") {
            self.out.truncate(self.out.len() - 2);
        }
        self.out.push(')');
    }

    fn close_at(&mut self, loc: Location) {
        self.close();
        if self.locations {
            let Location { lineno, col_offset, end_lineno, end_col_offset } = loc;
            let _ = write!(self.out, "@{lineno}:{col_offset}-{end_lineno}:{end_col_offset}");
        }
    }

    fn field<T>(&mut self, name: &str, value: &T, write: Write<'_, T>) {
        let _ = write!(self.out, "{name}=");
        write(self, value);
        self.out.push_str(", ");
    }

    fn optional<T>(&mut self, name: &str, value: Option<&T>, write: Write<'_, T>) {
        if let Some(value) = value {
            self.field(name, value, write);
        }
    }

    fn list<T>(&mut self, name: &str, values: &[T], write: Write<'_, T>) {
        if values.is_empty() {
            return;
        }
        let _ = write!(self.out, "{name}=[");
        for value in values {
            write(self, value);
            self.out.push_str(", ");
        }
        self.out.truncate(self.out.len() - 2);
        self.out.push_str("], ");
    }

    fn word(&mut self, name: &str, word: &str) {
        let _ = write!(self.out, "{name}={word}(), ");
    }

    fn text(&mut self, text: &str) {
        self.wtf8(Wtf8::from_str(text));
    }

    fn wtf8(&mut self, text: &Wtf8) {
        self.out.push_str("str'");
        for code in text.code_points() {
            match char::from_u32(code) {
                Some(c @ (' '..='~')) if c != '\'' && c != '\\' => self.out.push(c),
                _ => {
                    let _ = write!(self.out, "\\{code:x};");
                }
            }
        }
        self.out.push('\'');
    }

    fn identifier(&mut self, name: &str, value: &str) {
        let _ = write!(self.out, "{name}=");
        self.text(value);
        self.out.push_str(", ");
    }

    fn optional_text(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.identifier(name, value);
        }
    }

    fn int(&mut self, name: &str, value: i32) {
        let _ = write!(self.out, "{name}={value}, ");
    }

    fn constant(&mut self, value: &Constant<'_>) {
        match value {
            Constant::None => self.out.push_str("None"),
            Constant::Bool(true) => self.out.push_str("True"),
            Constant::Bool(false) => self.out.push_str("False"),
            Constant::Ellipsis => self.out.push_str("Ellipsis"),
            Constant::Int(int) => {
                self.out.push_str(if int.negative { "-0x" } else { "0x" });
                match int.limbs.split_last() {
                    None => self.out.push('0'),
                    Some((last, rest)) => {
                        let _ = write!(self.out, "{last:x}");
                        rest.iter().rev().for_each(|limb| {
                            let _ = write!(self.out, "{limb:08x}");
                        });
                    }
                }
            }
            Constant::Float(value) => self.bits(*value),
            Constant::Complex { real, imag } => {
                self.bits(*real);
                self.bits(*imag);
            }
            Constant::Str(text) => self.wtf8(text),
            Constant::Bytes(bytes) => {
                self.out.push_str("bytes'");
                bytes.iter().for_each(|byte| {
                    let _ = write!(self.out, "{byte:02x}");
                });
                self.out.push('\'');
            }
            Constant::Tuple(_) | Constant::FrozenSet(_) => self.out.push_str("folded"),
        }
    }

    fn bits(&mut self, value: f64) {
        let _ = write!(self.out, "float'{:016x}'", value.to_bits());
    }

    fn module(&mut self, tree: &Mod<'_>) {
        self.open(tree.name());
        match tree {
            Mod::Module { body, type_ignores } => {
                self.list("body", body, &Dump::stmt);
                self.list("type_ignores", type_ignores, &|dump, ignore| {
                    dump.open("TypeIgnore");
                    dump.int("lineno", ignore.lineno);
                    dump.identifier("tag", ignore.tag);
                    dump.close();
                });
            }
            Mod::Interactive { body } => self.list("body", body, &Dump::stmt),
            Mod::Expression { body } => self.field("body", *body, &Dump::expr),
            Mod::FunctionType { argtypes, returns } => {
                self.list("argtypes", argtypes, &Dump::expr);
                self.field("returns", *returns, &Dump::expr);
            }
        }
        self.close();
    }

    fn stmt(&mut self, node: &Stmt<'_>) {
        self.open(node.kind.name());
        match &node.kind {
            StmtKind::FunctionDef {
                name,
                args,
                body,
                decorator_list,
                returns,
                type_comment,
                type_params,
            } => {
                self.identifier("name", name);
                self.field("args", *args, &Dump::arguments);
                self.list("body", body, &Dump::stmt);
                self.list("decorator_list", decorator_list, &Dump::expr);
                self.optional("returns", *returns, &Dump::expr);
                self.optional_text("type_comment", *type_comment);
                self.list("type_params", type_params, &Dump::type_param);
            }
            StmtKind::AsyncFunctionDef {
                name,
                args,
                body,
                decorator_list,
                returns,
                type_comment,
                type_params,
            } => {
                self.identifier("name", name);
                self.field("args", *args, &Dump::arguments);
                self.list("body", body, &Dump::stmt);
                self.list("decorator_list", decorator_list, &Dump::expr);
                self.optional("returns", *returns, &Dump::expr);
                self.optional_text("type_comment", *type_comment);
                self.list("type_params", type_params, &Dump::type_param);
            }
            StmtKind::ClassDef { name, bases, keywords, body, decorator_list, type_params } => {
                self.identifier("name", name);
                self.list("bases", bases, &Dump::expr);
                self.list("keywords", keywords, &Dump::keyword);
                self.list("body", body, &Dump::stmt);
                self.list("decorator_list", decorator_list, &Dump::expr);
                self.list("type_params", type_params, &Dump::type_param);
            }
            StmtKind::Return { value } => {
                self.optional("value", *value, &Dump::expr);
            }
            StmtKind::Delete { targets } => {
                self.list("targets", targets, &Dump::expr);
            }
            StmtKind::Assign { targets, value, type_comment } => {
                self.list("targets", targets, &Dump::expr);
                self.field("value", *value, &Dump::expr);
                self.optional_text("type_comment", *type_comment);
            }
            StmtKind::TypeAlias { name, type_params, value } => {
                self.field("name", *name, &Dump::expr);
                self.list("type_params", type_params, &Dump::type_param);
                self.field("value", *value, &Dump::expr);
            }
            StmtKind::AugAssign { target, op, value } => {
                self.field("target", *target, &Dump::expr);
                self.word("op", op.name());
                self.field("value", *value, &Dump::expr);
            }
            StmtKind::AnnAssign { target, annotation, value, simple } => {
                self.field("target", *target, &Dump::expr);
                self.field("annotation", *annotation, &Dump::expr);
                self.optional("value", *value, &Dump::expr);
                self.int("simple", *simple);
            }
            StmtKind::For { target, iter, body, orelse, type_comment } => {
                self.field("target", *target, &Dump::expr);
                self.field("iter", *iter, &Dump::expr);
                self.list("body", body, &Dump::stmt);
                self.list("orelse", orelse, &Dump::stmt);
                self.optional_text("type_comment", *type_comment);
            }
            StmtKind::AsyncFor { target, iter, body, orelse, type_comment } => {
                self.field("target", *target, &Dump::expr);
                self.field("iter", *iter, &Dump::expr);
                self.list("body", body, &Dump::stmt);
                self.list("orelse", orelse, &Dump::stmt);
                self.optional_text("type_comment", *type_comment);
            }
            _ => self.other_stmt(node),
        }
        self.close_at(node.loc);
    }

    /// The rest of the kinds of [`Dump::stmt`].
    fn other_stmt(&mut self, node: &Stmt<'_>) {
        match &node.kind {
            StmtKind::While { test, body, orelse } => {
                self.field("test", *test, &Dump::expr);
                self.list("body", body, &Dump::stmt);
                self.list("orelse", orelse, &Dump::stmt);
            }
            StmtKind::If { test, body, orelse } => {
                self.field("test", *test, &Dump::expr);
                self.list("body", body, &Dump::stmt);
                self.list("orelse", orelse, &Dump::stmt);
            }
            StmtKind::With { items, body, type_comment } => {
                self.list("items", items, &Dump::withitem);
                self.list("body", body, &Dump::stmt);
                self.optional_text("type_comment", *type_comment);
            }
            StmtKind::AsyncWith { items, body, type_comment } => {
                self.list("items", items, &Dump::withitem);
                self.list("body", body, &Dump::stmt);
                self.optional_text("type_comment", *type_comment);
            }
            StmtKind::Match { subject, cases } => {
                self.field("subject", *subject, &Dump::expr);
                self.list("cases", cases, &Dump::match_case);
            }
            StmtKind::Raise { exc, cause } => {
                self.optional("exc", *exc, &Dump::expr);
                self.optional("cause", *cause, &Dump::expr);
            }
            StmtKind::Try { body, handlers, orelse, finalbody } => {
                self.list("body", body, &Dump::stmt);
                self.list("handlers", handlers, &Dump::excepthandler);
                self.list("orelse", orelse, &Dump::stmt);
                self.list("finalbody", finalbody, &Dump::stmt);
            }
            StmtKind::TryStar { body, handlers, orelse, finalbody } => {
                self.list("body", body, &Dump::stmt);
                self.list("handlers", handlers, &Dump::excepthandler);
                self.list("orelse", orelse, &Dump::stmt);
                self.list("finalbody", finalbody, &Dump::stmt);
            }
            StmtKind::Assert { test, msg } => {
                self.field("test", *test, &Dump::expr);
                self.optional("msg", *msg, &Dump::expr);
            }
            StmtKind::Import { names } => {
                self.list("names", names, &Dump::alias);
            }
            StmtKind::ImportFrom { module, names, level } => {
                self.optional_text("module", *module);
                self.list("names", names, &Dump::alias);
                self.int("level", *level);
            }
            StmtKind::Global { names } => {
                self.list("names", names, &|dump, text| dump.text(text));
            }
            StmtKind::Nonlocal { names } => {
                self.list("names", names, &|dump, text| dump.text(text));
            }
            StmtKind::Expr { value } => {
                self.field("value", *value, &Dump::expr);
            }
            StmtKind::Pass => {}
            StmtKind::Break => {}
            StmtKind::Continue => {}
            _ => {}
        }
    }

    fn expr(&mut self, node: &Expr<'_>) {
        self.open(node.kind.name());
        match &node.kind {
            ExprKind::BoolOp { op, values } => {
                self.word("op", op.name());
                self.list("values", values, &Dump::expr);
            }
            ExprKind::NamedExpr { target, value } => {
                self.field("target", *target, &Dump::expr);
                self.field("value", *value, &Dump::expr);
            }
            ExprKind::BinOp { left, op, right } => {
                self.field("left", *left, &Dump::expr);
                self.word("op", op.name());
                self.field("right", *right, &Dump::expr);
            }
            ExprKind::UnaryOp { op, operand } => {
                self.word("op", op.name());
                self.field("operand", *operand, &Dump::expr);
            }
            ExprKind::Lambda { args, body } => {
                self.field("args", *args, &Dump::arguments);
                self.field("body", *body, &Dump::expr);
            }
            ExprKind::IfExp { test, body, orelse } => {
                self.field("test", *test, &Dump::expr);
                self.field("body", *body, &Dump::expr);
                self.field("orelse", *orelse, &Dump::expr);
            }
            ExprKind::Dict { keys, values } => {
                self.list("keys", keys, &Dump::maybe_expr);
                self.list("values", values, &Dump::expr);
            }
            ExprKind::Set { elts } => {
                self.list("elts", elts, &Dump::expr);
            }
            ExprKind::ListComp { elt, generators } => {
                self.field("elt", *elt, &Dump::expr);
                self.list("generators", generators, &Dump::comprehension);
            }
            ExprKind::SetComp { elt, generators } => {
                self.field("elt", *elt, &Dump::expr);
                self.list("generators", generators, &Dump::comprehension);
            }
            ExprKind::DictComp { key, value, generators } => {
                self.field("key", *key, &Dump::expr);
                self.field("value", *value, &Dump::expr);
                self.list("generators", generators, &Dump::comprehension);
            }
            ExprKind::GeneratorExp { elt, generators } => {
                self.field("elt", *elt, &Dump::expr);
                self.list("generators", generators, &Dump::comprehension);
            }
            ExprKind::Await { value } => {
                self.field("value", *value, &Dump::expr);
            }
            ExprKind::Yield { value } => {
                self.optional("value", *value, &Dump::expr);
            }
            ExprKind::YieldFrom { value } => {
                self.field("value", *value, &Dump::expr);
            }
            ExprKind::Compare { left, ops, comparators } => {
                self.field("left", *left, &Dump::expr);
                self.list("ops", ops, &|dump, op| {
                    dump.out.push_str(op.name());
                    dump.out.push_str("()");
                });
                self.list("comparators", comparators, &Dump::expr);
            }
            ExprKind::Call { func, args, keywords } => {
                self.field("func", *func, &Dump::expr);
                self.list("args", args, &Dump::expr);
                self.list("keywords", keywords, &Dump::keyword);
            }
            _ => self.other_expr(node),
        }
        self.close_at(node.loc);
    }

    /// The rest of the kinds of [`Dump::expr`].
    fn other_expr(&mut self, node: &Expr<'_>) {
        match &node.kind {
            ExprKind::FormattedValue { value, conversion, format_spec } => {
                self.field("value", *value, &Dump::expr);
                self.int("conversion", *conversion);
                self.optional("format_spec", *format_spec, &Dump::expr);
            }
            ExprKind::Interpolation { value, str, conversion, format_spec } => {
                self.field("value", *value, &Dump::expr);
                self.field("str", str, &Dump::constant);
                self.int("conversion", *conversion);
                self.optional("format_spec", *format_spec, &Dump::expr);
            }
            ExprKind::JoinedStr { values } => {
                self.list("values", values, &Dump::expr);
            }
            ExprKind::TemplateStr { values } => {
                self.list("values", values, &Dump::expr);
            }
            ExprKind::Constant { value, kind } => {
                self.field("value", value, &Dump::constant);
                self.optional_text("kind", *kind);
            }
            ExprKind::Attribute { value, attr, ctx } => {
                self.field("value", *value, &Dump::expr);
                self.identifier("attr", attr);
                self.word("ctx", ctx.name());
            }
            ExprKind::Subscript { value, slice, ctx } => {
                self.field("value", *value, &Dump::expr);
                self.field("slice", *slice, &Dump::expr);
                self.word("ctx", ctx.name());
            }
            ExprKind::Starred { value, ctx } => {
                self.field("value", *value, &Dump::expr);
                self.word("ctx", ctx.name());
            }
            ExprKind::Name { id, ctx } => {
                self.identifier("id", id);
                self.word("ctx", ctx.name());
            }
            ExprKind::List { elts, ctx } => {
                self.list("elts", elts, &Dump::expr);
                self.word("ctx", ctx.name());
            }
            ExprKind::Tuple { elts, ctx } => {
                self.list("elts", elts, &Dump::expr);
                self.word("ctx", ctx.name());
            }
            ExprKind::Slice { lower, upper, step } => {
                self.optional("lower", *lower, &Dump::expr);
                self.optional("upper", *upper, &Dump::expr);
                self.optional("step", *step, &Dump::expr);
            }
            _ => {}
        }
    }

    fn comprehension(&mut self, node: &Comprehension<'_>) {
        self.open("comprehension");
        self.field("target", node.target, &Dump::expr);
        self.field("iter", node.iter, &Dump::expr);
        self.list("ifs", node.ifs, &Dump::expr);
        self.int("is_async", node.is_async);
        self.close();
    }

    fn excepthandler(&mut self, node: &ExceptHandler<'_>) {
        self.open("ExceptHandler");
        self.optional("type", node.type_, &Dump::expr);
        self.optional_text("name", node.name);
        self.list("body", node.body, &Dump::stmt);
        self.close_at(node.loc);
    }

    fn arguments(&mut self, node: &Arguments<'_>) {
        self.open("arguments");
        self.list("posonlyargs", node.posonlyargs, &Dump::arg);
        self.list("args", node.args, &Dump::arg);
        self.optional("vararg", node.vararg, &Dump::arg);
        self.list("kwonlyargs", node.kwonlyargs, &Dump::arg);
        self.list("kw_defaults", node.kw_defaults, &Dump::maybe_expr);
        self.optional("kwarg", node.kwarg, &Dump::arg);
        self.list("defaults", node.defaults, &Dump::expr);
        self.close();
    }

    fn arg(&mut self, node: &Arg<'_>) {
        self.open("arg");
        self.identifier("arg", node.arg);
        self.optional("annotation", node.annotation, &Dump::expr);
        self.optional_text("type_comment", node.type_comment);
        self.close_at(node.loc);
    }

    fn keyword(&mut self, node: &Keyword<'_>) {
        self.open("keyword");
        self.optional_text("arg", node.arg);
        self.field("value", node.value, &Dump::expr);
        self.close_at(node.loc);
    }

    fn alias(&mut self, node: &Alias<'_>) {
        self.open("alias");
        self.identifier("name", node.name);
        self.optional_text("asname", node.asname);
        self.close_at(node.loc);
    }

    fn withitem(&mut self, node: &WithItem<'_>) {
        self.open("withitem");
        self.field("context_expr", node.context_expr, &Dump::expr);
        self.optional("optional_vars", node.optional_vars, &Dump::expr);
        self.close();
    }

    fn match_case(&mut self, node: &MatchCase<'_>) {
        self.open("match_case");
        self.field("pattern", node.pattern, &Dump::pattern);
        self.optional("guard", node.guard, &Dump::expr);
        self.list("body", node.body, &Dump::stmt);
        self.close();
    }

    fn pattern(&mut self, node: &Pattern<'_>) {
        self.open(node.kind.name());
        match &node.kind {
            PatternKind::MatchValue { value } => {
                self.field("value", *value, &Dump::expr);
            }
            PatternKind::MatchSingleton { value } => {
                self.field("value", value, &Dump::constant);
            }
            PatternKind::MatchSequence { patterns } => {
                self.list("patterns", patterns, &Dump::pattern);
            }
            PatternKind::MatchMapping { keys, patterns, rest } => {
                self.list("keys", keys, &Dump::expr);
                self.list("patterns", patterns, &Dump::pattern);
                self.optional_text("rest", *rest);
            }
            PatternKind::MatchClass { cls, patterns, kwd_attrs, kwd_patterns } => {
                self.field("cls", *cls, &Dump::expr);
                self.list("patterns", patterns, &Dump::pattern);
                self.list("kwd_attrs", kwd_attrs, &|dump, text| dump.text(text));
                self.list("kwd_patterns", kwd_patterns, &Dump::pattern);
            }
            PatternKind::MatchStar { name } => {
                self.optional_text("name", *name);
            }
            PatternKind::MatchAs { pattern, name } => {
                self.optional("pattern", *pattern, &Dump::pattern);
                self.optional_text("name", *name);
            }
            PatternKind::MatchOr { patterns } => {
                self.list("patterns", patterns, &Dump::pattern);
            }
        }
        self.close_at(node.loc);
    }

    fn type_param(&mut self, node: &TypeParam<'_>) {
        self.open(node.kind.name());
        match &node.kind {
            TypeParamKind::TypeVar { name, bound, default_value } => {
                self.identifier("name", name);
                self.optional("bound", *bound, &Dump::expr);
                self.optional("default_value", *default_value, &Dump::expr);
            }
            TypeParamKind::ParamSpec { name, default_value } => {
                self.identifier("name", name);
                self.optional("default_value", *default_value, &Dump::expr);
            }
            TypeParamKind::TypeVarTuple { name, default_value } => {
                self.identifier("name", name);
                self.optional("default_value", *default_value, &Dump::expr);
            }
        }
        self.close_at(node.loc);
    }

    fn maybe_expr(&mut self, node: &Option<&Expr<'_>>) {
        match node {
            Some(node) => self.expr(node),
            None => self.out.push_str("None"),
        }
    }
}
