//! Annotation scopes: the lazily evaluated functions made of annotations (PEP 649), type parameters, their bounds and
//! defaults (PEP 695, 696).
//!
//! In a class they see the class namespace, through the hidden variable `__classdict__`.

use taipan_ast::{Arg, Arguments, Expr, ExprKind, Stmt, TypeParam, TypeParamKind};

use super::builder::Builder;
use super::flags::{DEF_LOCAL, DEF_TYPE_PARAM, USE};
use super::{BlockKind, ScopeId, ScopeKey};
use crate::error::{Result, syntax_error};

impl<'a> Builder<'_, 'a> {
    /// Opens the scope of the type parameters of `stmt`.
    pub(super) fn enter_type_params(&mut self, name: &'a str, stmt: &'a Stmt<'a>) -> Result {
        let in_class = self.scope().kind == BlockKind::Class;
        self.enter(name, BlockKind::TypeParameters, ScopeKey::type_params(stmt), stmt.loc)?;
        if in_class {
            self.current().can_see_class_scope = true;
            self.add_def("__classdict__", USE, stmt.loc)?;
        }
        Ok(())
    }

    pub(super) fn visit_type_params(&mut self, params: &'a [TypeParam<'a>]) -> Result {
        params.iter().try_for_each(|param| self.visit_type_param(param))
    }

    fn visit_type_param(&mut self, param: &'a TypeParam<'a>) -> Result {
        self.limit.check()?;
        let (name, bound, default, default_info) = match param.kind {
            TypeParamKind::TypeVar { name, bound, default_value } => {
                (name, bound, default_value, "a TypeVar default")
            }
            TypeParamKind::ParamSpec { name, default_value } => {
                (name, None, default_value, "a ParamSpec default")
            }
            TypeParamKind::TypeVarTuple { name, default_value } => {
                (name, None, default_value, "a TypeVarTuple default")
            }
        };
        self.add_def(name, DEF_TYPE_PARAM | DEF_LOCAL, param.loc)?;
        if name == "__classdict__" {
            let msg = format!("reserved name '{name}' cannot be used for type parameter");
            return Err(syntax_error(msg, param.loc));
        }
        if let Some(bound) = bound {
            let constraints = matches!(bound.kind, ExprKind::Tuple { .. });
            let info = if constraints { "a TypeVar constraint" } else { "a TypeVar bound" };
            self.visit_type_variable(name, bound, ScopeKey::bound(param), info)?;
        }
        if let Some(default) = default {
            self.visit_type_variable(name, default, ScopeKey::default(param), default_info)?;
        }
        Ok(())
    }

    fn visit_type_variable(
        &mut self,
        name: &'a str,
        expr: &'a Expr<'a>,
        key: ScopeKey,
        info: &'static str,
    ) -> Result {
        let in_class = self.scope().can_see_class_scope;
        self.enter(name, BlockKind::TypeVariable, key, expr.loc)?;
        self.current().can_see_class_scope = in_class;
        if in_class {
            self.add_def("__classdict__", USE, expr.loc)?;
        }
        self.current().scope_info = Some(info);
        self.visit_expr(expr)?;
        self.exit();
        Ok(())
    }

    /// The annotation of a variable. All of a block's share one scope.
    pub(super) fn visit_annotation(&mut self, annotation: &'a Expr<'a>) -> Result {
        let parent = self.current_id();
        let scope = self.scope();
        let kind = scope.kind;
        // Annotations of local variables are not executed and must not influence the tables.
        let unevaluated = kind == BlockKind::Function;
        // A module may be seen half executed, so its annotations are conditional always.
        let conditional = kind == BlockKind::Module || kind == BlockKind::Class && scope.in_conditional_block;
        if conditional && !scope.has_conditional_annotations {
            self.current().has_conditional_annotations = true;
            self.add_def("__conditional_annotations__", USE, annotation.loc)?;
        }
        match self.scope().annotation_block {
            Some(block) => self.reenter(block),
            None => {
                let key = ScopeKey::annotations(annotation);
                let block = self.enter("__annotate__", BlockKind::Annotation, key, annotation.loc)?;
                self.table.scope_mut(parent).annotation_block = Some(block);
                if kind == BlockKind::Class && !self.future_annotations() {
                    self.current().can_see_class_scope = true;
                    self.add_def("__classdict__", USE, annotation.loc)?;
                }
            }
        }
        self.current().in_unevaluated_annotation = unevaluated;
        self.visit_expr(annotation)?;
        self.current().in_unevaluated_annotation = false;
        self.exit();
        Ok(())
    }

    /// The annotations in the signature of `function`, evaluated in the scope around it.
    pub(super) fn visit_signature_annotations(
        &mut self,
        stmt: &'a Stmt<'a>,
        args: &'a Arguments<'a>,
        returns: Option<&'a Expr<'a>>,
        _function: ScopeId,
    ) -> Result {
        let scope = self.scope();
        let in_class = scope.can_see_class_scope || scope.kind == BlockKind::Class;
        self.enter("__annotate__", BlockKind::Annotation, ScopeKey::annotations(stmt), stmt.loc)?;
        if in_class {
            self.current().can_see_class_scope = true;
            self.add_def("__classdict__", USE, stmt.loc)?;
        }
        for arg in args.posonlyargs.iter().chain(args.args) {
            self.visit_parameter_annotation(arg)?;
        }
        for arg in args.vararg.into_iter().chain(args.kwarg).chain(args.kwonlyargs) {
            self.visit_parameter_annotation(arg)?;
        }
        if let Some(returns) = returns {
            self.current().annotations_used = true;
            self.visit_expr(returns)?;
        }
        self.exit();
        Ok(())
    }

    fn visit_parameter_annotation(&mut self, arg: &'a Arg<'a>) -> Result {
        if let Some(annotation) = arg.annotation {
            self.current().annotations_used = true;
            self.visit_expr(annotation)?;
        }
        Ok(())
    }

    /// Some expressions mean nothing where evaluation is put off.
    pub(super) fn refuse_in_annotation(&self, what: &str, expr: &Expr<'a>) -> Result {
        let scope = self.scope();
        let place = match scope.kind {
            BlockKind::Annotation => "an annotation",
            BlockKind::TypeVariable => scope.scope_info.unwrap_or("a TypeVar bound"),
            BlockKind::TypeAlias => "a type alias",
            BlockKind::TypeParameters => "the definition of a generic",
            BlockKind::Function | BlockKind::Class | BlockKind::Module => return Ok(()),
        };
        Err(syntax_error(format!("{what} cannot be used within {place}"), expr.loc))
    }
}
