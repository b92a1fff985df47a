//! What a tree made by hand must keep to be compiled: no empty bodies, names in the right context, positions in order.
//!
//! The judgements and their words are those of CPython's validator.

use super::validate_patterns as patterns;
use taipan_ast::*;
use taipan_objects::errors;
use taipan_objects::prelude::*;

/// Judges a whole tree.
pub fn module(module: &Mod<'_>) -> PyResult<()> {
    match module {
        Mod::Module { body, .. } | Mod::Interactive { body } => statements(body),
        Mod::Expression { body } => expression(body, ExprContext::Load),
        Mod::FunctionType { argtypes, returns } => {
            expressions(argtypes, ExprContext::Load)?;
            expression(returns, ExprContext::Load)
        }
    }
}

#[cold]
pub fn invalid(message: impl core::fmt::Display) -> Raised {
    raised!(ValueError, "{message}")
}

/// The positions of a node.
pub fn position(loc: &Location) -> PyResult<()> {
    let Location { lineno, col_offset, end_lineno, end_col_offset } = *loc;
    if lineno > end_lineno {
        return Err(invalid(format_args!("AST node line range ({lineno}, {end_lineno}) is not valid")));
    }
    if (lineno < 0 && end_lineno != lineno) || (col_offset < 0 && col_offset != end_col_offset) {
        return Err(invalid(format_args!(
            "AST node column range ({col_offset}, {end_col_offset}) for line range ({lineno}, {end_lineno}) is not valid"
        )));
    }
    if lineno == end_lineno && col_offset > end_col_offset {
        return Err(invalid(format_args!(
            "line {lineno}, column {col_offset}-{end_col_offset} is not a valid range"
        )));
    }
    Ok(())
}

/// Names that are constants.
pub fn name(name: &str) -> PyResult<()> {
    if matches!(name, "None" | "True" | "False") {
        return Err(invalid(format_args!("identifier field can't represent '{name}' constant")));
    }
    Ok(())
}

fn not_empty(length: usize, what: &str, owner: &str) -> PyResult<()> {
    if length == 0 {
        return Err(invalid(format_args!("empty {what} on {owner}")));
    }
    Ok(())
}

fn body(body: &[Stmt<'_>], owner: &str) -> PyResult<()> {
    not_empty(body.len(), "body", owner)?;
    statements(body)
}

fn statements(list: &[Stmt<'_>]) -> PyResult<()> {
    list.iter().try_for_each(statement)
}

pub fn expressions(list: &[Expr<'_>], context: ExprContext) -> PyResult<()> {
    list.iter().try_for_each(|item| expression(item, context))
}

fn optional(value: Option<&Expr<'_>>) -> PyResult<()> {
    value.map_or(Ok(()), |value| expression(value, ExprContext::Load))
}

fn keywords(list: &[Keyword<'_>]) -> PyResult<()> {
    list.iter().try_for_each(|keyword| expression(keyword.value, ExprContext::Load))
}

fn comprehensions(list: &[Comprehension<'_>]) -> PyResult<()> {
    if list.is_empty() {
        return Err(invalid("comprehension with no generators"));
    }
    for part in list {
        expression(part.target, ExprContext::Store)?;
        expression(part.iter, ExprContext::Load)?;
        expressions(part.ifs, ExprContext::Load)?;
    }
    Ok(())
}

fn annotations(list: &[Arg<'_>]) -> PyResult<()> {
    for arg in list {
        position(&arg.loc)?;
        optional(arg.annotation)?;
    }
    Ok(())
}

fn arguments(args: &Arguments<'_>) -> PyResult<()> {
    annotations(args.posonlyargs)?;
    annotations(args.args)?;
    if let Some(vararg) = args.vararg {
        optional(vararg.annotation)?;
    }
    annotations(args.kwonlyargs)?;
    if let Some(kwarg) = args.kwarg {
        optional(kwarg.annotation)?;
    }
    if args.defaults.len() > args.posonlyargs.len() + args.args.len() {
        return Err(invalid("more positional defaults than args on arguments"));
    }
    if args.kw_defaults.len() != args.kwonlyargs.len() {
        return Err(invalid("length of kwonlyargs is not the same as kw_defaults on arguments"));
    }
    expressions(args.defaults, ExprContext::Load)?;
    args.kw_defaults.iter().flatten().try_for_each(|value| expression(value, ExprContext::Load))
}

fn type_params(list: &[TypeParam<'_>]) -> PyResult<()> {
    for param in list {
        position(&param.loc)?;
        match param.kind {
            TypeParamKind::TypeVar { name: bound_name, bound, default_value } => {
                name(bound_name)?;
                optional(bound)?;
                optional(default_value)?;
            }
            TypeParamKind::ParamSpec { name: own, default_value }
            | TypeParamKind::TypeVarTuple { name: own, default_value } => {
                name(own)?;
                optional(default_value)?;
            }
        }
    }
    Ok(())
}

fn context_of(expr: &Expr<'_>) -> Option<ExprContext> {
    match expr.kind {
        ExprKind::Attribute { ctx, .. }
        | ExprKind::Subscript { ctx, .. }
        | ExprKind::Starred { ctx, .. }
        | ExprKind::Name { ctx, .. }
        | ExprKind::List { ctx, .. }
        | ExprKind::Tuple { ctx, .. } => Some(ctx),
        _ => None,
    }
}

/// Judges an expression that stands where this context belongs.
pub fn expression(expr: &Expr<'_>, context: ExprContext) -> PyResult<()> {
    errors::check_stack(" during ast validation")?;
    position(&expr.loc)?;
    let actual = match context_of(expr) {
        Some(actual) => actual,
        None if context != ExprContext::Load => {
            return Err(invalid(format_args!(
                "expression which can't be assigned to in {} context",
                context.name()
            )));
        }
        None => ExprContext::Load,
    };
    if actual != context {
        return Err(invalid(format_args!(
            "expression must have {} context but has {} instead",
            context.name(),
            actual.name()
        )));
    }
    parts(expr, context)
}

fn parts(expr: &Expr<'_>, context: ExprContext) -> PyResult<()> {
    let load = ExprContext::Load;
    match expr.kind {
        ExprKind::BoolOp { values, .. } => {
            if values.len() < 2 {
                return Err(invalid("BoolOp with less than 2 values"));
            }
            expressions(values, load)
        }
        ExprKind::BinOp { left, right, .. } => {
            expression(left, load)?;
            expression(right, load)
        }
        ExprKind::UnaryOp { operand, .. } => expression(operand, load),
        ExprKind::Lambda { args, body } => {
            arguments(args)?;
            expression(body, load)
        }
        ExprKind::IfExp { test, body, orelse } => {
            [test, body, orelse].into_iter().try_for_each(|part| expression(part, load))
        }
        ExprKind::Dict { keys, values } => {
            if keys.len() != values.len() {
                return Err(invalid("Dict doesn't have the same number of keys as values"));
            }
            keys.iter().flatten().try_for_each(|key| expression(key, load))?;
            expressions(values, load)
        }
        ExprKind::Set { elts } => expressions(elts, load),
        ExprKind::ListComp { elt, generators }
        | ExprKind::SetComp { elt, generators }
        | ExprKind::GeneratorExp { elt, generators } => {
            comprehensions(generators)?;
            expression(elt, load)
        }
        ExprKind::DictComp { key, value, generators } => {
            comprehensions(generators)?;
            expression(key, load)?;
            expression(value, load)
        }
        ExprKind::Yield { value } => optional(value),
        ExprKind::YieldFrom { value } | ExprKind::Await { value } => expression(value, load),
        ExprKind::Compare { left, ops, comparators } => {
            if comparators.is_empty() {
                return Err(invalid("Compare with no comparators"));
            }
            if comparators.len() != ops.len() {
                return Err(invalid("Compare has a different number of comparators and operands"));
            }
            expressions(comparators, load)?;
            expression(left, load)
        }
        ExprKind::Call { func, args, keywords: named } => {
            expression(func, load)?;
            expressions(args, load)?;
            keywords(named)
        }
        ExprKind::Constant { value, .. } => constant(&value),
        ExprKind::JoinedStr { values } | ExprKind::TemplateStr { values } => expressions(values, load),
        ExprKind::FormattedValue { value, format_spec, .. } => {
            expression(value, load)?;
            optional(format_spec)
        }
        ExprKind::Interpolation { value, str, format_spec, .. } => {
            constant(&str)?;
            expression(value, load)?;
            optional(format_spec)
        }
        ExprKind::Attribute { value, .. } => expression(value, load),
        ExprKind::Subscript { value, slice, .. } => {
            expression(slice, load)?;
            expression(value, load)
        }
        ExprKind::Starred { value, ctx } => expression(value, ctx),
        ExprKind::Slice { lower, upper, step } => [lower, upper, step].into_iter().try_for_each(optional),
        ExprKind::List { elts, .. } | ExprKind::Tuple { elts, .. } => expressions(elts, context),
        ExprKind::NamedExpr { target, value } => {
            if !matches!(target.kind, ExprKind::Name { .. }) {
                return Err(raised!(TypeError, "NamedExpr target must be a Name"));
            }
            expression(value, load)
        }
        ExprKind::Name { id, .. } => name(id),
    }
}

fn constant(value: &Constant<'_>) -> PyResult<()> {
    errors::check_stack(" during ast validation")?;
    match value {
        Constant::Tuple(items) | Constant::FrozenSet(items) => items.iter().try_for_each(constant),
        _ => Ok(()),
    }
}

fn aliases(list: &[Alias<'_>]) -> PyResult<()> {
    for alias in list {
        name(alias.name)?;
        alias.asname.map_or(Ok(()), name)?;
    }
    Ok(())
}

fn assignable(targets: &[Expr<'_>], context: ExprContext, owner: &str) -> PyResult<()> {
    not_empty(targets.len(), "targets", owner)?;
    expressions(targets, context)
}

fn handlers(list: &[ExceptHandler<'_>]) -> PyResult<()> {
    for handler in list {
        position(&handler.loc)?;
        optional(handler.type_)?;
        handler.name.map_or(Ok(()), name)?;
        body(handler.body, "ExceptHandler")?;
    }
    Ok(())
}

fn try_parts(
    owner: &str,
    own: &[Stmt<'_>],
    caught: &[ExceptHandler<'_>],
    orelse: &[Stmt<'_>],
    finalbody: &[Stmt<'_>],
) -> PyResult<()> {
    body(own, owner)?;
    if caught.is_empty() && finalbody.is_empty() {
        return Err(invalid(format_args!("{owner} has neither except handlers nor finalbody")));
    }
    if caught.is_empty() && !orelse.is_empty() {
        return Err(invalid(format_args!("{owner} has orelse but no except handlers")));
    }
    handlers(caught)?;
    statements(finalbody)?;
    statements(orelse)
}

fn function(
    owner: &str,
    own: &[Stmt<'_>],
    params: &[TypeParam<'_>],
    args: &Arguments<'_>,
    decorators: &[Expr<'_>],
    returns: Option<&Expr<'_>>,
) -> PyResult<()> {
    body(own, owner)?;
    type_params(params)?;
    arguments(args)?;
    expressions(decorators, ExprContext::Load)?;
    optional(returns)
}

fn with_items(owner: &str, items: &[WithItem<'_>], own: &[Stmt<'_>]) -> PyResult<()> {
    not_empty(items.len(), "items", owner)?;
    for item in items {
        expression(item.context_expr, ExprContext::Load)?;
        if let Some(target) = item.optional_vars {
            expression(target, ExprContext::Store)?;
        }
    }
    body(own, owner)
}

fn loop_parts(
    owner: &str,
    target: &Expr<'_>,
    iterated: &Expr<'_>,
    own: &[Stmt<'_>],
    orelse: &[Stmt<'_>],
) -> PyResult<()> {
    expression(target, ExprContext::Store)?;
    expression(iterated, ExprContext::Load)?;
    body(own, owner)?;
    statements(orelse)
}

fn statement(stmt: &Stmt<'_>) -> PyResult<()> {
    errors::check_stack(" during ast validation")?;
    position(&stmt.loc)?;
    match stmt.kind {
        StmtKind::FunctionDef { name: own, args, body, decorator_list, returns, type_params, .. } => {
            name(own)?;
            function("FunctionDef", body, type_params, args, decorator_list, returns)
        }
        StmtKind::AsyncFunctionDef {
            name: own, args, body, decorator_list, returns, type_params, ..
        } => {
            name(own)?;
            function("AsyncFunctionDef", body, type_params, args, decorator_list, returns)
        }
        StmtKind::ClassDef {
            name: class,
            bases,
            keywords: named,
            body: own,
            decorator_list,
            type_params: params,
        } => {
            name(class)?;
            body(own, "ClassDef")?;
            type_params(params)?;
            expressions(bases, ExprContext::Load)?;
            keywords(named)?;
            expressions(decorator_list, ExprContext::Load)
        }
        StmtKind::For { target, iter, body, orelse, .. } => loop_parts("For", target, iter, body, orelse),
        StmtKind::AsyncFor { target, iter, body, orelse, .. } => {
            loop_parts("AsyncFor", target, iter, body, orelse)
        }
        StmtKind::While { test, body: own, orelse } => {
            expression(test, ExprContext::Load)?;
            body(own, "While")?;
            statements(orelse)
        }
        StmtKind::If { test, body: own, orelse } => {
            expression(test, ExprContext::Load)?;
            body(own, "If")?;
            statements(orelse)
        }
        StmtKind::With { items, body, .. } => with_items("With", items, body),
        StmtKind::AsyncWith { items, body, .. } => with_items("AsyncWith", items, body),
        StmtKind::Match { subject, cases } => match_parts(subject, cases),
        StmtKind::Try { body, handlers, orelse, finalbody } => {
            try_parts("Try", body, handlers, orelse, finalbody)
        }
        StmtKind::TryStar { body, handlers, orelse, finalbody } => {
            try_parts("TryStar", body, handlers, orelse, finalbody)
        }
        _ => simple_statement(stmt),
    }
}

fn match_parts(subject: &Expr<'_>, cases: &[MatchCase<'_>]) -> PyResult<()> {
    expression(subject, ExprContext::Load)?;
    not_empty(cases.len(), "cases", "Match")?;
    for case in cases {
        patterns::pattern(case.pattern, false)?;
        optional(case.guard)?;
        body(case.body, "match_case")?;
    }
    Ok(())
}

fn simple_statement(stmt: &Stmt<'_>) -> PyResult<()> {
    let load = ExprContext::Load;
    match stmt.kind {
        StmtKind::Return { value } => optional(value),
        StmtKind::Delete { targets } => assignable(targets, ExprContext::Del, "Delete"),
        StmtKind::Assign { targets, value, .. } => {
            assignable(targets, ExprContext::Store, "Assign")?;
            expression(value, load)
        }
        StmtKind::AugAssign { target, value, .. } => {
            expression(target, ExprContext::Store)?;
            expression(value, load)
        }
        StmtKind::AnnAssign { target, annotation, value, simple } => {
            if !matches!(target.kind, ExprKind::Name { .. }) && simple != 0 {
                return Err(raised!(TypeError, "AnnAssign with simple non-Name target"));
            }
            expression(target, ExprContext::Store)?;
            optional(value)?;
            expression(annotation, load)
        }
        StmtKind::TypeAlias { name: target, type_params: params, value } => {
            if !matches!(target.kind, ExprKind::Name { .. }) {
                return Err(raised!(TypeError, "TypeAlias with non-Name name"));
            }
            expression(target, ExprContext::Store)?;
            type_params(params)?;
            expression(value, load)
        }
        StmtKind::Raise { exc, cause } => {
            if exc.is_none() && cause.is_some() {
                return Err(invalid("Raise with cause but no exception"));
            }
            optional(exc)?;
            optional(cause)
        }
        StmtKind::Assert { test, msg } => {
            expression(test, load)?;
            optional(msg)
        }
        StmtKind::Import { names } => {
            not_empty(names.len(), "names", "Import")?;
            aliases(names)
        }
        StmtKind::ImportFrom { names, level, .. } => {
            if level < 0 {
                return Err(invalid("Negative ImportFrom level"));
            }
            not_empty(names.len(), "names", "ImportFrom")?;
            aliases(names)
        }
        StmtKind::Global { names } => not_empty(names.len(), "names", "Global"),
        StmtKind::Nonlocal { names } => not_empty(names.len(), "names", "Nonlocal"),
        StmtKind::Expr { value } => expression(value, load),
        _ => Ok(()),
    }
}
