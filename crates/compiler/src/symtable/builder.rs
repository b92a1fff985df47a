//! The first pass: opening and leaving scopes, and recording names in them.
//!
//! `stack` holds the scopes from the module to the block being walked. A scope is put among its parent's children
//! when it is opened; annotation scopes are not, where `from __future__ import annotations` makes them unreal.

use taipan_ast::{Arena, ExprContext, Keyword, Location, Mod, Pattern};

use super::flags::{
    DEF_COMP_ITER, DEF_GLOBAL, DEF_IMPORT, DEF_LOCAL, DEF_NONLOCAL, DEF_PARAM, DEF_TYPE_PARAM, USE,
};
use super::{BlockKind, Scope, ScopeId, ScopeKey, SymbolTable, SymtableOptions, names};
use crate::error::{Result, syntax_error};
use crate::hash::{HashMap, IndexMap};
use crate::stack::StackLimit;

/// The name of the hidden parameter of annotation scopes.
const FORMAT_PARAMETER: &str = ".format";

pub(super) struct Builder<'h, 'a> {
    pub(super) table: SymbolTable<'a>,
    pub(super) options: SymtableOptions<'h>,
    pub(super) stack: Vec<ScopeId>,
    /// The class whose private names are mangled.
    pub(super) private: Option<&'a str>,
    pub(super) arena: &'a Arena,
    pub(super) limit: StackLimit,
}

impl<'h, 'a> Builder<'h, 'a> {
    pub(super) fn new(options: SymtableOptions<'h>, arena: &'a Arena, limit: StackLimit) -> Self {
        let table = SymbolTable { scopes: Vec::new(), by_key: HashMap::default() };
        Builder { table, options, stack: Vec::new(), private: None, arena, limit }
    }

    pub(super) fn run(mut self, module: &'a Mod<'a>) -> Result<SymbolTable<'a>> {
        self.enter("top", BlockKind::Module, ScopeKey::body(module), Location::default())?;
        match module {
            Mod::Module { body, .. } => {
                self.current().has_docstring = crate::preprocess::docstring(body).is_some();
                self.visit_stmts(body)?;
            }
            Mod::Interactive { body } => self.visit_stmts(body)?,
            Mod::Expression { body } => self.visit_expr(body)?,
            Mod::FunctionType { .. } => {
                return Err(crate::error::system_error("this compiler does not handle FunctionTypes"));
            }
        }
        Ok(self.table)
    }

    #[inline]
    pub(super) fn current_id(&self) -> ScopeId {
        self.stack.last().copied().unwrap_or(ScopeId(0))
    }

    #[inline]
    pub(super) fn current(&mut self) -> &mut Scope<'a> {
        let id = self.current_id();
        self.table.scope_mut(id)
    }

    #[inline]
    pub(super) fn scope(&self) -> &Scope<'a> {
        self.table.scope(self.current_id())
    }

    pub(super) fn future_annotations(&self) -> bool {
        self.options.future.annotations()
    }

    /// Makes a scope that is not entered yet.
    pub(super) fn new_scope(
        &mut self,
        name: &'a str,
        kind: BlockKind,
        key: ScopeKey,
        loc: Location,
    ) -> ScopeId {
        let id = ScopeId(self.table.scopes.len() as u32);
        let parent = self.stack.last().map(|&parent| self.table.scope(parent));
        let nested = parent.is_some_and(|parent| parent.nested || parent.kind.is_function_like());
        // Lambdas and generator expressions of a class body count as its methods too; generic methods do not.
        let method =
            kind == BlockKind::Function && parent.is_some_and(|parent| parent.kind == BlockKind::Class);
        self.table.scopes.push(Scope {
            kind,
            name,
            loc,
            symbols: IndexMap::default(),
            varnames: Vec::new(),
            children: Vec::new(),
            directives: Vec::new(),
            mangled_names: None,
            private_type_params: Vec::new(),
            scope_info: None,
            annotation_block: None,
            nested,
            generator: false,
            coroutine: false,
            annotations_used: false,
            comprehension: None,
            varargs: false,
            varkeywords: false,
            needs_class_closure: false,
            needs_classdict: false,
            has_conditional_annotations: false,
            in_conditional_block: false,
            in_unevaluated_annotation: false,
            comp_inlined: false,
            comp_iter_target: false,
            comp_iter_expr: 0,
            can_see_class_scope: false,
            has_docstring: false,
            method,
        });
        self.table.by_key.insert(key, id);
        id
    }

    /// Goes into a scope that exists, without making it a child of the current one.
    pub(super) fn reenter(&mut self, id: ScopeId) {
        if let Some(&parent) = self.stack.last() {
            let parent = self.table.scope(parent);
            // An assignment expression is refused everywhere inside the iterable of a comprehension.
            let (comp_iter_expr, mangled_names) = (parent.comp_iter_expr, parent.mangled_names);
            let scope = self.table.scope_mut(id);
            scope.comp_iter_expr = comp_iter_expr;
            if scope.kind != BlockKind::Class && mangled_names.is_some() {
                scope.mangled_names = mangled_names;
            }
        }
        self.stack.push(id);
    }

    /// Goes into a scope made by [`Self::new_scope`].
    pub(super) fn enter_existing(&mut self, id: ScopeId) {
        let parent = self.stack.last().copied();
        self.reenter(id);
        let hidden = self.scope().kind == BlockKind::Annotation && self.future_annotations();
        if let Some(parent) = parent
            && !hidden
        {
            self.table.scope_mut(parent).children.push(id);
        }
    }

    /// Opens a scope and goes into it.
    pub(super) fn enter(
        &mut self,
        name: &'a str,
        kind: BlockKind,
        key: ScopeKey,
        loc: Location,
    ) -> Result<ScopeId> {
        let id = self.new_scope(name, kind, key, loc);
        self.enter_existing(id);
        if matches!(kind, BlockKind::Annotation | BlockKind::TypeAlias | BlockKind::TypeVariable) {
            self.add_def(FORMAT_PARAMETER, DEF_PARAM, loc)?;
            self.add_def(FORMAT_PARAMETER, USE, loc)?;
        }
        Ok(id)
    }

    pub(super) fn exit(&mut self) {
        self.stack.pop();
    }

    /// Makes the scope of generic class parameters remember which names are mangled in it.
    pub(super) fn restrict_mangling(&mut self) {
        let id = self.current_id();
        self.current().mangled_names = Some(id);
    }

    pub(super) fn mangle(&self, name: &'a str) -> &'a str {
        if let Some(owner) = self.scope().mangled_names
            && !self.table.scope(owner).private_type_params.contains(&name)
        {
            return name;
        }
        names::mangle_into(self.private, name, self.arena)
    }

    /// The flags of `name` in `scope`, by its spelling in the current one.
    pub(super) fn lookup_in(&self, scope: ScopeId, name: &'a str) -> u32 {
        self.table.scope(scope).flags(self.mangle(name))
    }

    pub(super) fn lookup(&self, name: &'a str) -> u32 {
        self.lookup_in(self.current_id(), name)
    }

    /// Records `flag` for `name` in the current scope.
    pub(super) fn add_def(&mut self, name: &'a str, flag: u32, loc: Location) -> Result {
        self.add_def_ctx(name, flag, loc, ExprContext::Store)
    }

    pub(super) fn add_def_ctx(
        &mut self,
        name: &'a str,
        flag: u32,
        loc: Location,
        ctx: ExprContext,
    ) -> Result {
        if flag & (DEF_PARAM | DEF_LOCAL | DEF_IMPORT) != 0 {
            check_name(name, loc, ctx)?;
        }
        if flag & DEF_TYPE_PARAM != 0
            && let Some(owner) = self.scope().mangled_names
        {
            self.table.scope_mut(owner).private_type_params.push(name);
        }
        self.add_def_to(self.current_id(), name, flag, loc)
    }

    /// Records `flag` for `name` in `scope`.
    pub(super) fn add_def_to(&mut self, id: ScopeId, name: &'a str, flag: u32, loc: Location) -> Result {
        let mangled = self.mangle(name);
        let scope = self.table.scope_mut(id);
        let comp_iter_target = scope.comp_iter_target;
        let entry = scope.symbols.entry(mangled).or_insert(0);
        if flag & DEF_PARAM != 0 && *entry & DEF_PARAM != 0 {
            return Err(syntax_error(format!("duplicate argument '{name}' in function definition"), loc));
        }
        if flag & DEF_TYPE_PARAM != 0 && *entry & DEF_TYPE_PARAM != 0 {
            return Err(syntax_error(format!("duplicate type parameter '{name}'"), loc));
        }
        let mut value = *entry | flag;
        if comp_iter_target {
            // An iteration variable: named expressions met before must not have bound it, and those that
            // come later must be able to see it.
            if value & (DEF_GLOBAL | DEF_NONLOCAL) != 0 {
                let msg =
                    format!("comprehension inner loop cannot rebind assignment expression target '{name}'");
                return Err(syntax_error(msg, loc));
            }
            value |= DEF_COMP_ITER;
        }
        *entry = value;
        if flag & DEF_PARAM != 0 {
            scope.varnames.push(mangled);
        } else if flag & DEF_GLOBAL != 0 {
            let top = self.table.top();
            *self.table.scope_mut(top).symbols.entry(mangled).or_insert(0) |= flag;
        }
        Ok(())
    }

    /// Remembers where a `global` or `nonlocal` name was declared.
    pub(super) fn record_directive(&mut self, name: &'a str, loc: Location) {
        let mangled = self.mangle(name);
        self.current().directives.push((mangled, loc));
    }

    pub(super) fn check_keywords(&self, keywords: &[Keyword<'a>]) -> Result {
        for keyword in keywords {
            if let Some(arg) = keyword.arg {
                check_name(arg, keyword.loc, ExprContext::Store)?;
            }
        }
        Ok(())
    }

    pub(super) fn check_keyword_patterns(&self, names: &[&'a str], patterns: &[Pattern<'a>]) -> Result {
        for (name, pattern) in names.iter().zip(patterns) {
            check_name(name, pattern.loc, ExprContext::Store)?;
        }
        Ok(())
    }
}

/// `__debug__` cannot be bound.
pub(super) fn check_name(name: &str, loc: Location, ctx: ExprContext) -> Result {
    if name != "__debug__" {
        return Ok(());
    }
    match ctx {
        ExprContext::Store => Err(syntax_error("cannot assign to __debug__", loc)),
        ExprContext::Del => Err(syntax_error("cannot delete __debug__", loc)),
        ExprContext::Load => Ok(()),
    }
}
