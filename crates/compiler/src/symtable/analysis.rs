//! The second pass: where each name lives.
//!
//! Going down, a block knows which names the blocks around it bind ([`Visible`]); coming back up, it learns which of
//! its names are free in the blocks inside, and makes those cells. A class takes part in neither: its namespace is
//! invisible to the functions inside, save for the hidden `__class__`, `__classdict__` and
//! `__conditional_annotations__`. List, set and dict comprehensions are merged into the block around them (PEP 709).

use super::flags::{
    DEF_BOUND, DEF_COMP_CELL, DEF_FREE_CLASS, DEF_GLOBAL, DEF_MASK, DEF_NONLOCAL, DEF_PARAM, DEF_TYPE_PARAM,
    SymbolScope, USE,
};
use super::free_set::{FreeSet, NameHash};
use super::{BlockKind, ComprehensionKind, ScopeId, SymbolTable};
use crate::error::{Result, syntax_error, system_error};
use crate::hash::HashMap;
use crate::stack::StackLimit;

/// The names that a class body binds for the functions inside it.
const CLASS_CELLS: [&str; 3] = ["__class__", "__classdict__", "__conditional_annotations__"];

/// What one block changes for the blocks inside it; `None` leaves what was.
#[derive(Clone, Copy, Default)]
struct Change {
    bound: Option<bool>,
    global: Option<bool>,
    type_param: Option<bool>,
}

/// The names that a block sees of those around it: its parent's changes, the grandparent's, and so on.
struct Visible<'p, 'a> {
    changes: HashMap<&'a str, Change>,
    around: Option<&'p Visible<'p, 'a>>,
}

impl<'a> Visible<'_, 'a> {
    fn find(&self, name: &str, part: impl Fn(&Change) -> Option<bool>) -> bool {
        let mut level = Some(self);
        while let Some(here) = level {
            if let Some(answer) = here.changes.get(name).and_then(&part) {
                return answer;
            }
            level = here.around;
        }
        false
    }

    fn bound(&self, name: &str) -> bool {
        self.find(name, |change| change.bound)
    }

    fn type_param(&self, name: &str) -> bool {
        self.find(name, |change| change.type_param)
    }
}

struct Analysis<'t, 'h, 'a> {
    table: &'t mut SymbolTable<'a>,
    hash: NameHash<'h>,
    limit: StackLimit,
}

pub(super) fn analyse(table: &mut SymbolTable<'_>, hash: NameHash<'_>, limit: StackLimit) -> Result {
    let top = table.top();
    Analysis { table, hash, limit }.block(top, None, None, &FreeSet::new())?;
    Ok(())
}

impl<'a> Analysis<'_, '_, 'a> {
    /// Decides about the names of one block and of those inside it; gives back the names free in it.
    /// `class` is the class whose namespace an annotation scope sees. What is free in the siblings before it goes in and
    /// comes out again, which matters to nothing but the order of the set.
    fn block(
        &mut self,
        id: ScopeId,
        around: Option<&Visible<'_, 'a>>,
        class: Option<ScopeId>,
        siblings_free: &FreeSet<'a>,
    ) -> Result<FreeSet<'a>> {
        self.limit.check()?;
        let kind = self.table.scope(id).kind;
        let mut free = FreeSet::new();
        free.merge(siblings_free);
        let mut visible = Visible { changes: HashMap::default(), around };
        let mut places = Vec::with_capacity(self.table.scope(id).symbols.len());
        for index in 0..self.table.scope(id).symbols.len() {
            let Some((&name, &flags)) = self.table.scope(id).symbols.get_index(index) else { break };
            let place = self.place_name(id, name, flags, around, class, &mut visible.changes)?;
            if place == SymbolScope::Free {
                free.add(name, self.hash);
            }
            places.push(place);
        }
        match kind {
            BlockKind::Class => {
                // What the class itself declares changes nothing for the functions inside.
                for change in visible.changes.values_mut() {
                    (change.bound, change.global) = (None, None);
                }
                for name in CLASS_CELLS {
                    visible.changes.entry(name).or_default().bound = Some(true);
                }
            }
            BlockKind::Module => {
                for change in visible.changes.values_mut() {
                    change.bound = None;
                }
            }
            _ => {}
        }
        let mut inlined_cells = FreeSet::new();
        let mut from_children = self.children(id, &visible, class, &mut places, &mut inlined_cells)?;
        if kind.is_function_like() {
            self.make_cells(id, &mut places, &mut from_children, &inlined_cells);
        } else if kind == BlockKind::Class {
            let [class_cell, classdict, conditional] =
                CLASS_CELLS.map(|name| from_children.discard(name, self.hash));
            let scope = self.table.scope_mut(id);
            scope.needs_class_closure |= class_cell;
            scope.needs_classdict |= classdict;
            scope.has_conditional_annotations |= conditional;
        }
        self.record(id, &places, around, &from_children, &inlined_cells);
        free.merge(&from_children);
        Ok(free)
    }

    /// Where one name of a block lives, and what that means for the blocks inside.
    fn place_name(
        &self,
        id: ScopeId,
        name: &'a str,
        flags: u32,
        around: Option<&Visible<'_, 'a>>,
        class: Option<ScopeId>,
        changes: &mut HashMap<&'a str, Change>,
    ) -> Result<SymbolScope> {
        if flags & DEF_GLOBAL != 0 {
            if flags & DEF_NONLOCAL != 0 {
                return Err(self.at_directive(id, name, format!("name '{name}' is nonlocal and global")));
            }
            let change = changes.entry(name).or_default();
            (change.bound, change.global) = (Some(false), Some(true));
            return Ok(SymbolScope::GlobalExplicit);
        }
        if flags & DEF_NONLOCAL != 0 {
            let msg = match around {
                None => "nonlocal declaration not allowed at module level".to_owned(),
                Some(around) if !around.bound(name) => format!("no binding for nonlocal '{name}' found"),
                Some(around) if around.type_param(name) => {
                    format!("nonlocal binding not allowed for type parameter '{name}'")
                }
                Some(_) => return Ok(SymbolScope::Free),
            };
            return Err(self.at_directive(id, name, msg));
        }
        if flags & DEF_BOUND != 0 {
            let change = changes.entry(name).or_default();
            (change.bound, change.global) = (Some(true), Some(false));
            change.type_param = Some(flags & DEF_TYPE_PARAM != 0);
            return Ok(SymbolScope::Local);
        }
        // The class around an annotation scope binds the name, and perhaps so does a function around the class:
        // the class namespace and the globals are asked at run time, the function is passed over.
        if let Some(class) = class {
            let flags = self.table.scope(class).flags(name);
            if flags & DEF_GLOBAL != 0 {
                return Ok(SymbolScope::GlobalExplicit);
            }
            if flags & DEF_BOUND != 0 && flags & DEF_NONLOCAL == 0 {
                return Ok(SymbolScope::GlobalImplicit);
            }
        }
        if around.is_some_and(|around| around.bound(name)) {
            return Ok(SymbolScope::Free);
        }
        Ok(SymbolScope::GlobalImplicit)
    }

    fn at_directive(&self, id: ScopeId, name: &str, msg: String) -> Box<crate::error::CompileError> {
        let directives = &self.table.scope(id).directives;
        match directives.iter().find(|(declared, _)| *declared == name) {
            Some(&(_, loc)) => syntax_error(msg, loc),
            None => system_error("BUG: internal directive bookkeeping broken"),
        }
    }

    /// Analyses the blocks inside and merges comprehensions; gives back the names free in them.
    fn children(
        &mut self,
        id: ScopeId,
        visible: &Visible<'_, 'a>,
        class: Option<ScopeId>,
        places: &mut Vec<SymbolScope>,
        inlined_cells: &mut FreeSet<'a>,
    ) -> Result<FreeSet<'a>> {
        let mut free = FreeSet::new();
        let scope = self.table.scope(id);
        let is_class = scope.kind == BlockKind::Class;
        let sees_class = scope.can_see_class_scope;
        let children = scope.children.clone();
        let mut any_inlined = false;
        for &child in &children {
            let entry = self.table.scope(child);
            let child_class = match entry.can_see_class_scope {
                true => class.or(is_class.then_some(id)),
                false => None,
            };
            // Comprehensions in annotation scopes of classes stay functions: they see the class namespace.
            let inline =
                !sees_class && entry.comprehension.is_some_and(|kind| kind != ComprehensionKind::Generator);
            if is_class && entry.can_see_class_scope {
                self.table.scope_mut(id).needs_classdict = true;
            }
            let mut child_free = self.block(child, Some(visible), child_class, &free)?;
            if inline {
                any_inlined = true;
                self.inline_comprehension(id, child, places, &mut child_free, inlined_cells);
            }
            free.merge(&child_free);
        }
        if any_inlined {
            let mut spliced = Vec::with_capacity(children.len());
            for child in children {
                let entry = self.table.scope(child);
                if entry.comp_inlined {
                    spliced.extend_from_slice(&entry.children);
                } else {
                    spliced.push(child);
                }
            }
            self.table.scope_mut(id).children = spliced;
        }
        Ok(free)
    }

    /// Merges the names of a comprehension into the block around it.
    fn inline_comprehension(
        &mut self,
        id: ScopeId,
        comprehension: ScopeId,
        places: &mut Vec<SymbolScope>,
        free: &mut FreeSet<'a>,
        inlined_cells: &mut FreeSet<'a>,
    ) {
        let in_class = self.table.scope(id).kind == BlockKind::Class;
        for index in 0..self.table.scope(comprehension).symbols.len() {
            let Some((&name, &flags)) = self.table.scope(comprehension).symbols.get_index(index) else {
                break;
            };
            if flags & DEF_PARAM != 0 {
                continue;
            }
            let mut place = SymbolScope::of(flags).unwrap_or(SymbolScope::GlobalImplicit);
            let only_flags = flags & DEF_MASK;
            if place == SymbolScope::Cell || only_flags & DEF_COMP_CELL != 0 {
                inlined_cells.add(name, self.hash);
            }
            // A class cannot see its own hidden cells from its body; those of a class or function around it, it can.
            if place == SymbolScope::Free && in_class && CLASS_CELLS.contains(&name) {
                let known = self.table.scope(id).symbols.get_index_of(name);
                if known.and_then(|index| places.get(index)) != Some(&SymbolScope::Free) {
                    place = SymbolScope::GlobalImplicit;
                }
                if !self.free_in_child(comprehension, name) {
                    free.discard(name, self.hash);
                }
                self.table.scope_mut(comprehension).symbols.insert(name, only_flags | place.bits());
            }
            match self.table.scope(id).symbols.get(name) {
                None => {
                    self.table.scope_mut(id).symbols.insert(name, only_flags);
                    places.push(place);
                }
                Some(&outer) => {
                    // A local of the block needs no cell for the comprehension's sake, unless a function
                    // inside the comprehension wants one.
                    if place == SymbolScope::Free && !in_class {
                        self.table.scope_mut(id).symbols.insert(name, outer | only_flags & USE);
                    }
                    if outer & DEF_BOUND != 0 && !in_class && !self.free_in_child(comprehension, name) {
                        free.discard(name, self.hash);
                    }
                }
            }
        }
        self.table.scope_mut(comprehension).comp_inlined = true;
    }

    fn free_in_child(&self, id: ScopeId, name: &str) -> bool {
        let children = &self.table.scope(id).children;
        children.iter().any(|&child| self.table.scope(child).scope_of(name) == Some(SymbolScope::Free))
    }

    /// Locals that are free in a function inside become cells.
    fn make_cells(
        &self,
        id: ScopeId,
        places: &mut [SymbolScope],
        free: &mut FreeSet<'a>,
        inlined_cells: &FreeSet<'a>,
    ) {
        for (place, name) in places.iter_mut().zip(self.table.scope(id).symbols.keys()) {
            if *place != SymbolScope::Local {
                continue;
            }
            if free.discard(name, self.hash) || inlined_cells.contains(name, self.hash) {
                *place = SymbolScope::Cell;
            }
        }
    }

    /// Writes what was decided into the scope, and passes on names that are free further out.
    fn record(
        &mut self,
        id: ScopeId,
        places: &[SymbolScope],
        around: Option<&Visible<'_, 'a>>,
        free: &FreeSet<'a>,
        inlined_cells: &FreeSet<'a>,
    ) {
        let hash = self.hash;
        let scope = self.table.scope_mut(id);
        let marks_class = scope.kind == BlockKind::Class || scope.can_see_class_scope;
        for ((name, flags), place) in scope.symbols.iter_mut().zip(places) {
            if inlined_cells.contains(name, hash) {
                *flags |= DEF_COMP_CELL;
            }
            *flags |= place.bits();
        }
        for name in free.iter() {
            if let Some(flags) = scope.symbols.get_mut(name) {
                if marks_class {
                    *flags |= DEF_FREE_CLASS;
                }
                continue;
            }
            if around.is_some_and(|around| !around.bound(name)) {
                continue;
            }
            scope.symbols.insert(name, SymbolScope::Free.bits());
        }
    }
}
