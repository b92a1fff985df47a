//! A persistent map from context variables to values: a hash array mapped trie.
//!
//! A change makes new nodes along one path and shares the rest, so that copying a context costs nothing. Keys are compared
//! by identity, so nothing here runs Python code.

use std::rc::Rc;
use taipan_objects::model::gc::{Traverse, Visitor};
use taipan_objects::prelude::*;

/// Bits of the hash that one level looks at.
const BITS: u32 = 5;

enum Node {
    /// Children by the bits of the map, in order.
    Branch(u32, Vec<Rc<Node>>),
    /// Entries that share the hash.
    Leaf(Vec<(Obj, Obj)>),
}

/// The map.
#[derive(Clone, Default)]
pub struct Map {
    root: Option<Rc<Node>>,
    length: usize,
}

/// Mixes an address so that all of its bits count.
fn hash(key: &PyObject) -> u32 {
    let address = key.as_ptr() as u64;
    ((address >> 4).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as u32
}

fn bit(hash: u32, shift: u32) -> u32 {
    1 << ((hash >> shift) & 31)
}

fn place(map: u32, bit: u32) -> usize {
    (map & (bit - 1)).count_ones() as usize
}

impl Map {
    pub fn len(&self) -> usize {
        self.length
    }

    pub fn get(&self, key: &PyObject) -> Option<Obj> {
        let hash = hash(key);
        let (mut node, mut shift) = (self.root.as_deref()?, 0);
        loop {
            match node {
                Node::Branch(map, children) => {
                    let bit = bit(hash, shift);
                    if map & bit == 0 {
                        return None;
                    }
                    node = &children[place(*map, bit)];
                    shift += BITS;
                }
                Node::Leaf(entries) => {
                    return entries.iter().find(|(k, _)| k.is(key)).map(|(_, value)| value.clone());
                }
            }
        }
    }

    /// The map with the key bound to the value.
    pub fn with(&self, key: &PyObject, value: &PyObject) -> Map {
        let mut added = false;
        let entry = (key.owned(), value.owned());
        let root = match &self.root {
            Some(root) => insert(root, hash(key), 0, entry, &mut added),
            None => {
                added = true;
                Rc::new(Node::Leaf(vec![entry]))
            }
        };
        Map { root: Some(root), length: self.length + usize::from(added) }
    }

    /// The map without the key.
    pub fn without(&self, key: &PyObject) -> Map {
        if self.get(key).is_none() {
            return self.clone();
        }
        let root = self.root.as_ref().and_then(|root| remove(root, hash(key), 0, key));
        Map { root, length: self.length - 1 }
    }

    /// All entries.
    pub fn entries(&self) -> Vec<(Obj, Obj)> {
        let mut found = Vec::with_capacity(self.length);
        if let Some(root) = &self.root {
            collect(root, &mut found);
        }
        found
    }
}

fn hash_of(entries: &[(Obj, Obj)]) -> u32 {
    entries.first().map_or(0, |(key, _)| hash(key))
}

fn insert(node: &Rc<Node>, hash: u32, shift: u32, entry: (Obj, Obj), added: &mut bool) -> Rc<Node> {
    match &**node {
        Node::Branch(map, children) => {
            let bit = bit(hash, shift);
            let at = place(*map, bit);
            let mut children = children.clone();
            if map & bit != 0 {
                children[at] = insert(&children[at], hash, shift + BITS, entry, added);
            } else {
                children.insert(at, Rc::new(Node::Leaf(vec![entry])));
                *added = true;
            }
            Rc::new(Node::Branch(map | bit, children))
        }
        Node::Leaf(entries) => {
            let other = hash_of(entries);
            if other == hash || shift >= 32 {
                let mut entries = entries.clone();
                match entries.iter_mut().find(|(key, _)| key.is(&entry.0)) {
                    Some(slot) => slot.1 = entry.1,
                    None => {
                        entries.push(entry);
                        *added = true;
                    }
                }
                return Rc::new(Node::Leaf(entries));
            }
            // One level deeper the two may part.
            let branch = Rc::new(Node::Branch(bit(other, shift), vec![Rc::clone(node)]));
            insert(&branch, hash, shift, entry, added)
        }
    }
}

fn remove(node: &Rc<Node>, hash: u32, shift: u32, key: &PyObject) -> Option<Rc<Node>> {
    match &**node {
        Node::Branch(map, children) => {
            let bit = bit(hash, shift);
            let at = place(*map, bit);
            let mut children = children.clone();
            match remove(&children[at], hash, shift + BITS, key) {
                Some(child) => {
                    children[at] = child;
                    Some(Rc::new(Node::Branch(*map, children)))
                }
                None => {
                    children.remove(at);
                    if children.is_empty() { None } else { Some(Rc::new(Node::Branch(map & !bit, children))) }
                }
            }
        }
        Node::Leaf(entries) => {
            let rest: Vec<_> = entries.iter().filter(|(k, _)| !k.is(key)).cloned().collect();
            if rest.is_empty() { None } else { Some(Rc::new(Node::Leaf(rest))) }
        }
    }
}

fn collect(node: &Node, found: &mut Vec<(Obj, Obj)>) {
    match node {
        Node::Branch(_, children) => children.iter().for_each(|child| collect(child, found)),
        Node::Leaf(entries) => found.extend(entries.iter().cloned()),
    }
}

/// A shared node counts its references once for each map that holds it; the collector is shown them only where one map
/// holds the node alone, which errs on the side of keeping objects.
impl Traverse for Map {
    fn traverse(&self, visitor: &mut Visitor) {
        if let Some(root) = &self.root {
            visit(root, visitor);
        }
    }
}

fn visit(node: &Rc<Node>, visitor: &mut Visitor) {
    if Rc::strong_count(node) > 1 {
        return;
    }
    match &**node {
        Node::Branch(_, children) => children.iter().for_each(|child| visit(child, visitor)),
        Node::Leaf(entries) => entries.iter().for_each(|(key, value)| {
            visitor.visit(key);
            visitor.visit(value);
        }),
    }
}
