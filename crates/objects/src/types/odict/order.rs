//! The order of an ordered dictionary: a doubly linked list of its keys, found by their addresses.
//!
//! Nodes lie in one array and name each other by index. A node holds the very object that the dictionary's table
//! holds as key.

use crate::model::gc::{Traverse, Visitor};
use crate::model::{Obj, ObjectExt, PyObject};
use std::collections::HashMap;

/// No node.
const NONE: u32 = u32::MAX;

struct Node {
    key: Obj,
    hash: isize,
    before: u32,
    behind: u32,
}

/// The list. Dropping keys may run Python code, so functions that remove nodes give them back.
pub struct Order {
    nodes: Vec<Option<Node>>,
    free: Vec<u32>,
    by_address: HashMap<usize, u32>,
    first: u32,
    last: u32,
}

impl Default for Order {
    fn default() -> Self {
        Order { nodes: Vec::new(), free: Vec::new(), by_address: HashMap::new(), first: NONE, last: NONE }
    }
}

fn address(key: &PyObject) -> usize {
    key.as_ptr().addr()
}

impl Order {
    fn node(&self, index: u32) -> Option<&Node> {
        self.nodes.get(index as usize)?.as_ref()
    }

    fn node_mut(&mut self, index: u32) -> Option<&mut Node> {
        self.nodes.get_mut(index as usize)?.as_mut()
    }

    fn copy_of(&self, index: u32) -> Option<(Obj, isize)> {
        self.node(index).map(|node| (node.key.clone(), node.hash))
    }

    /// Whether a key has a node.
    pub fn contains(&self, key: &PyObject) -> bool {
        self.by_address.contains_key(&address(key))
    }

    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.by_address.len()
    }

    /// The key at one end, with its hash.
    pub fn end(&self, last: bool) -> Option<(Obj, isize)> {
        self.copy_of(if last { self.last } else { self.first })
    }

    /// The key behind (or before) another one; the outer `None` where that one has no node.
    pub fn neighbour(&self, key: &PyObject, backwards: bool) -> Option<Option<(Obj, isize)>> {
        let node = self.node(*self.by_address.get(&address(key))?)?;
        Some(self.copy_of(if backwards { node.before } else { node.behind }))
    }

    /// Appends a key that has no node.
    pub fn append(&mut self, key: Obj, hash: isize) {
        let node = Node { key, hash, before: NONE, behind: NONE };
        let at = address(&node.key);
        let index = match self.free.pop() {
            Some(index) => index,
            None => {
                self.nodes.push(None);
                self.nodes.len() as u32 - 1
            }
        };
        self.nodes[index as usize] = Some(node);
        self.by_address.insert(at, index);
        self.link(index, true);
    }

    fn link(&mut self, index: u32, last: bool) {
        let neighbour = if last { self.last } else { self.first };
        if let Some(node) = self.node_mut(index) {
            (node.before, node.behind) = if last { (neighbour, NONE) } else { (NONE, neighbour) };
        }
        match self.node_mut(neighbour) {
            Some(node) if last => node.behind = index,
            Some(node) => node.before = index,
            None => (self.first, self.last) = (index, index),
        }
        if last { self.last = index } else { self.first = index }
    }

    fn unlink(&mut self, index: u32) {
        let Some((before, behind)) = self.node(index).map(|node| (node.before, node.behind)) else { return };
        match self.node_mut(before) {
            Some(node) => node.behind = behind,
            None => self.first = behind,
        }
        match self.node_mut(behind) {
            Some(node) => node.before = before,
            None => self.last = before,
        }
    }

    /// Takes a key's node out.
    pub fn remove(&mut self, key: &PyObject) -> Option<Obj> {
        let index = self.by_address.remove(&address(key))?;
        self.unlink(index);
        self.free.push(index);
        self.nodes[index as usize].take().map(|node| node.key)
    }

    /// Moves a key to one end; false where it has no node.
    pub fn move_to_end(&mut self, key: &PyObject, last: bool) -> bool {
        let Some(&index) = self.by_address.get(&address(key)) else { return false };
        self.unlink(index);
        self.link(index, last);
        true
    }
}

impl Traverse for Order {
    fn traverse(&self, visitor: &mut Visitor) {
        self.nodes.iter().flatten().for_each(|node| visitor.visit(&node.key));
    }
}
