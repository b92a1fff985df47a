//! A persistent map: a hash array mapped trie (Bagwell, "Ideal Hash Trees"), which contexts keep their variables in.
//!
//! A change makes new nodes along one path and shares the rest, so that copying a context costs nothing. Nodes are objects
//! of their own that the collector knows: a node that several maps share is shown to it once, whoever holds it.
//!
//! What a key's hash is and when two keys are the same is the business of [`Keys`]: contexts tell variables apart by
//! identity, which runs no Python code and cannot fail. A node never changes, so a comparison that does run Python code
//! finds it as it was.

use core::cell::Cell;
use core::convert::Infallible;
use core::marker::PhantomData;
use taipan_objects::memory;
use taipan_objects::model::Raised;
use taipan_objects::model::gc::{Traverse, Visitor};
use taipan_objects::prelude::*;

/// Bits of the hash that one level looks at.
const BITS: u32 = 5;

/// How keys are told apart.
pub trait Keys {
    /// What goes wrong in looking at keys.
    type Error;
    fn hash(key: &PyObject) -> Result<u32, Self::Error>;
    fn same(one: &PyObject, other: &PyObject) -> Result<bool, Self::Error>;
}

/// Keys that are the same where they are one object.
pub struct ByIdentity;

impl Keys for ByIdentity {
    type Error = Infallible;

    /// Mixes the address so that all of its bits count.
    fn hash(key: &PyObject) -> Result<u32, Infallible> {
        let address = key.as_ptr() as u64;
        Ok(((address >> 4).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as u32)
    }

    fn same(one: &PyObject, other: &PyObject) -> Result<bool, Infallible> {
        Ok(one.is(other))
    }
}

/// Keys as dictionaries have them: by `__hash__` and `__eq__`.
pub struct ByEquality;

impl Keys for ByEquality {
    type Error = Raised;

    fn hash(key: &PyObject) -> PyResult<u32> {
        let hash = object::hash(key)? as u64;
        Ok(hash as u32 ^ (hash >> 32) as u32)
    }

    fn same(one: &PyObject, other: &PyObject) -> PyResult<bool> {
        Ok(one.is(other) || object::compare_bool(one, other, CompareOp::Eq)?)
    }
}

type Entry = (Obj, Obj);

enum Node {
    /// Children by the bits of the map, in order.
    Branch(u32, Vec<Py<PyMapNode>>),
    /// Entries that share the hash.
    Leaf(u32, Vec<Entry>),
}

impl Traverse for Node {
    fn traverse(&self, visitor: &mut Visitor) {
        match self {
            Node::Branch(_, children) => children.traverse(visitor),
            Node::Leaf(_, entries) => entries.iter().for_each(|(key, value)| {
                visitor.visit(key);
                visitor.visit(value);
            }),
        }
    }
}

/// A node as the collector sees it. It gives nothing up when asked: every cycle through nodes goes through what holds the
/// map, which does.
#[pytype(name = "hamt_node", gc, flags(DISALLOW_INSTANTIATION))]
pub struct PyMapNode {
    ob_base: PyObject,
    node: Node,
}

fn make(node: Node) -> Py<PyMapNode> {
    memory::new(PyMapNode { ob_base: PyObject::EMPTY, node })
}

fn bit(hash: u32, shift: u32) -> u32 {
    1 << ((hash >> shift) & 31)
}

fn place(map: u32, bit: u32) -> usize {
    (map & (bit - 1)).count_ones() as usize
}

/// The map.
pub struct Map<K = ByIdentity> {
    root: Option<Py<PyMapNode>>,
    length: usize,
    keys: PhantomData<K>,
}

impl<K> Clone for Map<K> {
    fn clone(&self) -> Self {
        Map { root: self.root.clone(), length: self.length, keys: PhantomData }
    }
}

impl<K> Default for Map<K> {
    fn default() -> Self {
        Map { root: None, length: 0, keys: PhantomData }
    }
}

impl<K: Keys> Map<K> {
    pub fn len(&self) -> usize {
        self.length
    }

    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Whether the two are one map, not only equal.
    pub fn is(&self, other: &Map<K>) -> bool {
        match (&self.root, &other.root) {
            (Some(mine), Some(other)) => mine.is(other),
            (mine, other) => mine.is_none() && other.is_none(),
        }
    }

    pub fn get(&self, key: &PyObject) -> Result<Option<Obj>, K::Error> {
        let hash = K::hash(key)?;
        let Some(mut node) = self.root.as_ref() else { return Ok(None) };
        let mut shift = 0;
        loop {
            match &node.node {
                Node::Branch(map, children) => {
                    let bit = bit(hash, shift);
                    if map & bit == 0 {
                        return Ok(None);
                    }
                    node = &children[place(*map, bit)];
                    shift += BITS;
                }
                Node::Leaf(other, entries) => {
                    let found = if *other == hash { find::<K>(entries, key)? } else { None };
                    return Ok(found.map(|at| entries[at].1.clone()));
                }
            }
        }
    }

    /// The map with the key bound to the value: the same map where it was already.
    pub fn with(&self, key: &PyObject, value: &PyObject) -> Result<Map<K>, K::Error> {
        let hash = K::hash(key)?;
        let entry = (key.owned(), value.owned());
        let Some(root) = &self.root else {
            return Ok(Map { root: Some(make(Node::Leaf(hash, vec![entry]))), length: 1, ..Map::default() });
        };
        Ok(match insert::<K>(root, hash, 0, entry)? {
            Inserted::Nothing => self.clone(),
            Inserted::Value(root) => Map { root: Some(root), ..self.clone() },
            Inserted::Entry(root) => Map { root: Some(root), length: self.length + 1, ..Map::default() },
        })
    }

    /// The map without the key: the same map where it had none.
    pub fn without(&self, key: &PyObject) -> Result<Map<K>, K::Error> {
        let hash = K::hash(key)?;
        let Some(root) = &self.root else { return Ok(self.clone()) };
        Ok(match remove::<K>(root, hash, 0, key)? {
            Removed::Nothing => self.clone(),
            Removed::Entry(root) => Map { root, length: self.length - 1, ..Map::default() },
        })
    }

    /// All entries.
    pub fn entries(&self) -> Vec<Entry> {
        let mut found = Vec::with_capacity(self.length);
        if let Some(root) = &self.root {
            collect(root, &mut found);
        }
        found
    }
}

/// Where the key is among entries that share its hash.
fn find<K: Keys>(entries: &[Entry], key: &PyObject) -> Result<Option<usize>, K::Error> {
    for (at, (other, _)) in entries.iter().enumerate() {
        if K::same(other, key)? {
            return Ok(Some(at));
        }
    }
    Ok(None)
}

/// What an insertion came to.
enum Inserted {
    /// The same value was there.
    Nothing,
    /// The key was there with another value.
    Value(Py<PyMapNode>),
    /// The key is new.
    Entry(Py<PyMapNode>),
}

impl Inserted {
    fn map(self, change: impl FnOnce(Py<PyMapNode>) -> Py<PyMapNode>) -> Inserted {
        match self {
            Inserted::Nothing => Inserted::Nothing,
            Inserted::Value(node) => Inserted::Value(change(node)),
            Inserted::Entry(node) => Inserted::Entry(change(node)),
        }
    }
}

fn insert<K: Keys>(node: &Py<PyMapNode>, hash: u32, shift: u32, entry: Entry) -> Result<Inserted, K::Error> {
    match &node.node {
        Node::Branch(map, children) => {
            let bit = bit(hash, shift);
            let at = place(*map, bit);
            if map & bit != 0 {
                return Ok(insert::<K>(&children[at], hash, shift + BITS, entry)?.map(|child| {
                    let mut children = children.clone();
                    children[at] = child;
                    make(Node::Branch(*map, children))
                }));
            }
            let mut children = children.clone();
            children.insert(at, make(Node::Leaf(hash, vec![entry])));
            Ok(Inserted::Entry(make(Node::Branch(map | bit, children))))
        }
        Node::Leaf(other, entries) if *other == hash => {
            let found = find::<K>(entries, &entry.0)?;
            if found.is_some_and(|at| entries[at].1.is(&entry.1)) {
                return Ok(Inserted::Nothing);
            }
            let mut entries = entries.clone();
            match found {
                Some(at) => entries[at].1 = entry.1,
                None => entries.push(entry),
            }
            let node = make(Node::Leaf(hash, entries));
            Ok(if found.is_some() { Inserted::Value(node) } else { Inserted::Entry(node) })
        }
        Node::Leaf(other, _) => {
            // One level deeper the two may part; they do before the bits of the hash end, for their hashes differ.
            let branch = make(Node::Branch(bit(*other, shift), vec![node.clone()]));
            insert::<K>(&branch, hash, shift, entry)
        }
    }
}

/// What a removal came to.
enum Removed {
    /// The key was not there.
    Nothing,
    /// What is left of the node.
    Entry(Option<Py<PyMapNode>>),
}

fn remove<K: Keys>(node: &Py<PyMapNode>, hash: u32, shift: u32, key: &PyObject) -> Result<Removed, K::Error> {
    match &node.node {
        Node::Branch(map, children) => {
            let bit = bit(hash, shift);
            if map & bit == 0 {
                return Ok(Removed::Nothing);
            }
            let at = place(*map, bit);
            let Removed::Entry(child) = remove::<K>(&children[at], hash, shift + BITS, key)? else {
                return Ok(Removed::Nothing);
            };
            let (mut map, mut children) = (*map, children.clone());
            match child {
                Some(child) => children[at] = child,
                None => {
                    children.remove(at);
                    map &= !bit;
                }
            }
            // A leaf that is alone need not lie deeper than this.
            let alone = children.len() == 1 && matches!(children[0].node, Node::Leaf(..));
            Ok(Removed::Entry(if alone { children.pop() } else { Some(make(Node::Branch(map, children))) }))
        }
        Node::Leaf(other, entries) => {
            let Some(at) = (if *other == hash { find::<K>(entries, key)? } else { None }) else {
                return Ok(Removed::Nothing);
            };
            let mut entries = entries.clone();
            entries.remove(at);
            Ok(Removed::Entry((!entries.is_empty()).then(|| make(Node::Leaf(hash, entries)))))
        }
    }
}

fn collect(node: &PyMapNode, found: &mut Vec<Entry>) {
    match &node.node {
        Node::Branch(_, children) => children.iter().for_each(|child| collect(child, found)),
        Node::Leaf(_, entries) => found.extend(entries.iter().cloned()),
    }
}

/// A map that changes: what an object that owns one has as its field.
pub struct MapCell<K = ByIdentity>(Cell<Map<K>>);

impl<K: Keys> MapCell<K> {
    pub fn new(map: Map<K>) -> Self {
        MapCell(Cell::new(map))
    }

    /// The map as it is now, which a later change does not touch.
    pub fn get(&self) -> Map<K> {
        let map = self.0.take();
        let copy = map.clone();
        self.0.set(map);
        copy
    }

    /// Puts a map in place; what only the old one held is dropped when the new one is there.
    pub fn set(&self, map: Map<K>) {
        drop(self.0.replace(map));
    }
}

impl<K: Keys> Traverse for MapCell<K> {
    fn traverse(&self, visitor: &mut Visitor) {
        let map = self.0.take();
        if let Some(root) = &map.root {
            visitor.visit(root);
        }
        self.0.set(map);
    }

    fn drop_references(&self) {
        drop(self.0.take());
    }
}
