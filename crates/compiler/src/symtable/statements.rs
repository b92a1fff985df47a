//! Statements: what they bind, and the blocks that functions, classes and aliases open.

use taipan_ast::{
    Alias, Arguments, ExceptHandler, Expr, ExprKind, Keyword, Location, MatchCase, Stmt, StmtKind, TypeParam,
};

use super::builder::Builder;
use super::flags::{DEF_ANNOT, DEF_GLOBAL, DEF_IMPORT, DEF_LOCAL, DEF_NONLOCAL, DEF_PARAM, USE};
use super::{BlockKind, ScopeKey};
use crate::error::{Result, syntax_error};
use crate::preprocess::docstring;

/// What the two kinds of function definition share.
struct FunctionParts<'a> {
    name: &'a str,
    args: &'a Arguments<'a>,
    body: &'a [Stmt<'a>],
    decorators: &'a [Expr<'a>],
    returns: Option<&'a Expr<'a>>,
    type_params: &'a [TypeParam<'a>],
    is_async: bool,
}

/// The words of the errors of `global` and `nonlocal`.
struct Directive {
    flag: u32,
    word: &'static str,
}

const GLOBAL: Directive = Directive { flag: DEF_GLOBAL, word: "global" };
const NONLOCAL: Directive = Directive { flag: DEF_NONLOCAL, word: "nonlocal" };

impl<'a> Builder<'_, 'a> {
    pub(super) fn visit_stmts(&mut self, stmts: &'a [Stmt<'a>]) -> Result {
        stmts.iter().try_for_each(|stmt| self.visit_stmt(stmt))
    }

    /// Walks statements that may not run: annotations in them are conditional.
    fn visit_conditional(&mut self, visit: impl FnOnce(&mut Self) -> Result) -> Result {
        let before = std::mem::replace(&mut self.current().in_conditional_block, true);
        visit(self)?;
        self.current().in_conditional_block = before;
        Ok(())
    }

    fn visit_stmt(&mut self, stmt: &'a Stmt<'a>) -> Result {
        self.limit.check()?;
        match stmt.kind {
            StmtKind::FunctionDef { name, args, body, decorator_list, returns, type_params, .. } => {
                let parts = FunctionParts {
                    name,
                    args,
                    body,
                    decorators: decorator_list,
                    returns,
                    type_params,
                    is_async: false,
                };
                self.visit_function(stmt, &parts)
            }
            StmtKind::AsyncFunctionDef { name, args, body, decorator_list, returns, type_params, .. } => {
                let parts = FunctionParts {
                    name,
                    args,
                    body,
                    decorators: decorator_list,
                    returns,
                    type_params,
                    is_async: true,
                };
                self.visit_function(stmt, &parts)
            }
            StmtKind::ClassDef { name, bases, keywords, body, decorator_list, type_params } => {
                self.visit_class(stmt, name, bases, keywords, body, decorator_list, type_params)
            }
            StmtKind::TypeAlias { name, type_params, value } => {
                self.visit_type_alias(stmt, name, type_params, value)
            }
            StmtKind::AnnAssign { target, annotation, value, simple } => {
                self.visit_annotated_assignment(stmt, target, annotation, value, simple != 0)
            }
            StmtKind::Global { names } => self.visit_directive(names, &GLOBAL, stmt.loc),
            StmtKind::Nonlocal { names } => self.visit_directive(names, &NONLOCAL, stmt.loc),
            StmtKind::Import { names } => names.iter().try_for_each(|alias| self.visit_alias(alias)),
            StmtKind::ImportFrom { module, names, level } => {
                if level == 0 && module == Some("__future__") && self.options.future.is_late(stmt.loc) {
                    let msg = "from __future__ imports must occur at the beginning of the file";
                    return Err(syntax_error(msg, stmt.loc));
                }
                names.iter().try_for_each(|alias| self.visit_alias(alias))
            }
            _ => self.visit_plain_stmt(stmt),
        }
    }

    /// Statements that neither open a block nor declare names.
    fn visit_plain_stmt(&mut self, stmt: &'a Stmt<'a>) -> Result {
        match stmt.kind {
            StmtKind::Return { value } => self.visit_optional(value),
            StmtKind::Delete { targets } => self.visit_exprs(targets),
            StmtKind::Assign { targets, value, .. } => {
                self.visit_exprs(targets)?;
                self.visit_expr(value)
            }
            StmtKind::AugAssign { target, value, .. } => {
                self.visit_expr(target)?;
                self.visit_expr(value)
            }
            StmtKind::For { target, iter, body, orelse, .. } => self.visit_for(target, iter, body, orelse),
            StmtKind::AsyncFor { target, iter, body, orelse, .. } => {
                self.check_async("'async for' outside async function", stmt.loc)?;
                self.visit_for(target, iter, body, orelse)
            }
            StmtKind::While { test, body, orelse } | StmtKind::If { test, body, orelse } => {
                self.visit_expr(test)?;
                self.visit_conditional(|this| {
                    this.visit_stmts(body)?;
                    this.visit_stmts(orelse)
                })
            }
            StmtKind::With { items, body, .. } | StmtKind::AsyncWith { items, body, .. } => {
                if matches!(stmt.kind, StmtKind::AsyncWith { .. }) {
                    self.check_async("'async with' outside async function", stmt.loc)?;
                }
                self.visit_conditional(|this| {
                    for item in items {
                        this.visit_expr(item.context_expr)?;
                        this.visit_optional(item.optional_vars)?;
                    }
                    this.visit_stmts(body)
                })
            }
            StmtKind::Match { subject, cases } => {
                self.visit_expr(subject)?;
                self.visit_conditional(|this| cases.iter().try_for_each(|case| this.visit_case(case)))
            }
            StmtKind::Raise { exc, cause } => {
                self.visit_optional(exc)?;
                if exc.is_some() {
                    self.visit_optional(cause)?;
                }
                Ok(())
            }
            StmtKind::Try { body, handlers, orelse, finalbody }
            | StmtKind::TryStar { body, handlers, orelse, finalbody } => self.visit_conditional(|this| {
                this.visit_stmts(body)?;
                handlers.iter().try_for_each(|handler| this.visit_handler(handler))?;
                this.visit_stmts(orelse)?;
                this.visit_stmts(finalbody)
            }),
            StmtKind::Assert { test, msg } => {
                self.visit_expr(test)?;
                self.visit_optional(msg)
            }
            StmtKind::Expr { value } => self.visit_expr(value),
            _ => Ok(()),
        }
    }

    fn visit_for(
        &mut self,
        target: &'a Expr<'a>,
        iter: &'a Expr<'a>,
        body: &'a [Stmt<'a>],
        orelse: &'a [Stmt<'a>],
    ) -> Result {
        self.visit_expr(target)?;
        self.visit_expr(iter)?;
        self.visit_conditional(|this| {
            this.visit_stmts(body)?;
            this.visit_stmts(orelse)
        })
    }

    fn visit_case(&mut self, case: &'a MatchCase<'a>) -> Result {
        self.visit_pattern(case.pattern)?;
        self.visit_optional(case.guard)?;
        self.visit_stmts(case.body)
    }

    fn visit_handler(&mut self, handler: &'a ExceptHandler<'a>) -> Result {
        self.visit_optional(handler.type_)?;
        if let Some(name) = handler.name {
            self.add_def(name, DEF_LOCAL, handler.loc)?;
        }
        self.visit_stmts(handler.body)
    }

    /// An asynchronous statement needs an `async def` around it, or makes a coroutine of the module where that is allowed.
    fn check_async(&mut self, msg: &str, loc: Location) -> Result {
        if self.allows_top_level_await() {
            self.current().coroutine = true;
        } else if !self.in_async_function() {
            return Err(syntax_error(msg, loc));
        }
        Ok(())
    }

    fn visit_function(&mut self, stmt: &'a Stmt<'a>, parts: &FunctionParts<'a>) -> Result {
        self.add_def(parts.name, DEF_LOCAL, stmt.loc)?;
        self.visit_exprs(parts.args.defaults)?;
        for default in parts.args.kw_defaults.iter().flatten() {
            self.visit_expr(default)?;
        }
        self.visit_exprs(parts.decorators)?;
        let generic = !parts.type_params.is_empty();
        if generic {
            let has_kwdefaults = parts.args.kw_defaults.iter().any(Option::is_some);
            self.enter_type_params(parts.name, stmt)?;
            self.add_def(".defaults", DEF_PARAM, stmt.loc)?;
            if has_kwdefaults {
                self.add_def(".kwdefaults", DEF_PARAM, stmt.loc)?;
            }
            self.visit_type_params(parts.type_params)?;
        }
        let scope = self.new_scope(parts.name, BlockKind::Function, ScopeKey::body(stmt), stmt.loc);
        self.visit_signature_annotations(stmt, parts.args, parts.returns, scope)?;
        self.enter_existing(scope);
        self.current().coroutine = parts.is_async;
        self.current().has_docstring = docstring(parts.body).is_some();
        self.visit_arguments(parts.args)?;
        self.visit_stmts(parts.body)?;
        self.exit();
        if generic {
            self.exit();
        }
        Ok(())
    }

    fn visit_class(
        &mut self,
        stmt: &'a Stmt<'a>,
        name: &'a str,
        bases: &'a [Expr<'a>],
        keywords: &'a [Keyword<'a>],
        body: &'a [Stmt<'a>],
        decorators: &'a [Expr<'a>],
        type_params: &'a [TypeParam<'a>],
    ) -> Result {
        self.add_def(name, DEF_LOCAL, stmt.loc)?;
        self.visit_exprs(decorators)?;
        let private = self.private;
        let generic = !type_params.is_empty();
        if generic {
            self.enter_type_params(name, stmt)?;
            // Set when the tuple of parameters is made, used for the bases and in the class body.
            self.add_def(".type_params", DEF_LOCAL, stmt.loc)?;
            self.add_def(".type_params", USE, stmt.loc)?;
            self.add_def(".generic_base", DEF_LOCAL, stmt.loc)?;
            self.add_def(".generic_base", USE, stmt.loc)?;
            self.private = Some(name);
            self.restrict_mangling();
            self.visit_type_params(type_params)?;
        }
        self.visit_exprs(bases)?;
        self.check_keywords(keywords)?;
        self.visit_keywords(keywords)?;
        self.enter(name, BlockKind::Class, ScopeKey::body(stmt), stmt.loc)?;
        self.private = Some(name);
        if generic {
            self.add_def("__type_params__", DEF_LOCAL, stmt.loc)?;
            self.add_def(".type_params", USE, stmt.loc)?;
        }
        self.current().has_docstring = docstring(body).is_some();
        self.visit_stmts(body)?;
        self.exit();
        if generic {
            self.exit();
        }
        self.private = private;
        Ok(())
    }

    fn visit_type_alias(
        &mut self,
        stmt: &'a Stmt<'a>,
        target: &'a Expr<'a>,
        type_params: &'a [TypeParam<'a>],
        value: &'a Expr<'a>,
    ) -> Result {
        self.visit_expr(target)?;
        let ExprKind::Name { id: name, .. } = target.kind else {
            return Err(crate::error::system_error("TypeAlias with non-Name name"));
        };
        let in_class = self.scope().kind == BlockKind::Class;
        let generic = !type_params.is_empty();
        if generic {
            self.enter_type_params(name, stmt)?;
            self.visit_type_params(type_params)?;
        }
        self.enter(name, BlockKind::TypeAlias, ScopeKey::body(stmt), stmt.loc)?;
        self.current().can_see_class_scope = in_class;
        if in_class {
            self.add_def("__classdict__", USE, value.loc)?;
        }
        self.visit_expr(value)?;
        self.exit();
        if generic {
            self.exit();
        }
        Ok(())
    }

    fn visit_annotated_assignment(
        &mut self,
        stmt: &'a Stmt<'a>,
        target: &'a Expr<'a>,
        annotation: &'a Expr<'a>,
        value: Option<&'a Expr<'a>>,
        simple: bool,
    ) -> Result {
        self.current().annotations_used = true;
        if let ExprKind::Name { id, .. } = target.kind {
            let flags = self.lookup(id);
            if simple && flags & (DEF_GLOBAL | DEF_NONLOCAL) != 0 && self.current_id() != self.table.top() {
                let word = if flags & DEF_GLOBAL != 0 { GLOBAL.word } else { NONLOCAL.word };
                return Err(syntax_error(format!("annotated name '{id}' can't be {word}"), stmt.loc));
            }
            if simple {
                self.add_def(id, DEF_ANNOT | DEF_LOCAL, target.loc)?;
            } else if value.is_some() {
                self.add_def(id, DEF_LOCAL, target.loc)?;
            }
        } else {
            self.visit_expr(target)?;
        }
        self.visit_annotation(annotation)?;
        self.visit_optional(value)
    }

    fn visit_directive(&mut self, names: &'a [&'a str], directive: &Directive, loc: Location) -> Result {
        let word = directive.word;
        for &name in names {
            let flags = self.lookup(name);
            if flags & (DEF_PARAM | DEF_LOCAL | USE | DEF_ANNOT) != 0 {
                let msg = if flags & DEF_PARAM != 0 {
                    format!("name '{name}' is parameter and {word}")
                } else if flags & USE != 0 {
                    format!("name '{name}' is used prior to {word} declaration")
                } else if flags & DEF_ANNOT != 0 {
                    format!("annotated name '{name}' can't be {word}")
                } else {
                    format!("name '{name}' is assigned to before {word} declaration")
                };
                return Err(syntax_error(msg, loc));
            }
            self.add_def(name, directive.flag, loc)?;
            self.record_directive(name, loc);
        }
        Ok(())
    }

    fn visit_alias(&mut self, alias: &'a Alias<'a>) -> Result {
        let name = match alias.asname {
            Some(asname) => asname,
            None => alias.name.split('.').next().unwrap_or(alias.name),
        };
        if alias.name == "*" {
            if self.scope().kind != BlockKind::Module {
                return Err(syntax_error("import * only allowed at module level", alias.loc));
            }
            return Ok(());
        }
        self.add_def(name, DEF_IMPORT, alias.loc)
    }
}
