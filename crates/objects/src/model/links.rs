//! Circular lists whose members hold their own links: joining and leaving allocate nothing, and another process can follow
//! them through memory.
//!
//! A list has a head, which is a link too. A link that is in no list is null on both sides, and so is the head of a list
//! that nobody has joined yet.

#![expect(unsafe_code, reason = "links are addresses of links")]

use super::gc::{Traverse, Visitor};
use core::cell::Cell;
use core::ptr::{from_ref, null};

/// A place in a list, or its head.
#[repr(C)]
#[derive(Debug)]
pub struct Link {
    next: Cell<*const Link>,
    previous: Cell<*const Link>,
}

/// Where the address of the next link lies, for who follows a list from outside.
pub const NEXT: usize = core::mem::offset_of!(Link, next);

impl Link {
    /// A link in no list, or the head of an empty one.
    pub const fn new() -> Link {
        Link { next: Cell::new(null()), previous: Cell::new(null()) }
    }

    pub fn is_linked(&self) -> bool {
        !self.next.get().is_null()
    }

    /// Puts this link, which is in no list, at the end of the list of `head`.
    ///
    /// # Safety
    /// Neither moves, nor goes before it has left the list; all members are reached by one thread at a time.
    pub unsafe fn join(&self, head: &Link) {
        if !head.is_linked() {
            head.next.set(head);
            head.previous.set(head);
        }
        // SAFETY: what is linked is alive, by the promise of who linked it.
        let last = unsafe { &*head.previous.get() };
        self.previous.set(last);
        self.next.set(head);
        last.next.set(self);
        head.previous.set(self);
    }

    /// Takes this link out of its list, if it is in one.
    pub fn leave(&self) {
        if !self.is_linked() {
            return;
        }
        // SAFETY: the neighbours of a link are alive, by the promise of who linked them.
        unsafe {
            (*self.next.get()).previous.set(self.previous.get());
            (*self.previous.get()).next.set(self.next.get());
        }
        self.next.set(null());
        self.previous.set(null());
    }

    /// Moves the members of this head's list to the end of another's.
    ///
    /// # Safety
    /// Both are heads; the promise of [`join`](Link::join) holds for the other one.
    pub unsafe fn move_members(&self, other: &Link) {
        while let Some(member) = self.members().next() {
            // SAFETY: what is linked is alive; it leaves its list before it joins the other.
            unsafe {
                (*member).leave();
                (*member).join(other);
            }
        }
    }

    /// The members of this head's list. Nobody joins or leaves while they are walked.
    pub fn members(&self) -> impl Iterator<Item = *const Link> {
        let head = from_ref(self);
        let mut at = self.next.get();
        core::iter::from_fn(move || {
            if at.is_null() || core::ptr::eq(at, head) {
                return None;
            }
            let member = at;
            // SAFETY: what is linked is alive.
            at = unsafe { (*member).next.get() };
            Some(member)
        })
    }
}

impl Default for Link {
    fn default() -> Self {
        Link::new()
    }
}

impl Traverse for Link {
    fn traverse(&self, _: &mut Visitor) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(head: &Link, links: &[Link]) -> Vec<usize> {
        let place = |member| links.iter().position(|link| core::ptr::eq(link, member)).unwrap();
        head.members().map(place).collect()
    }

    #[test]
    fn members_stay_in_the_order_in_which_they_joined() {
        let (head, other) = (Link::new(), Link::new());
        let links = [const { Link::new() }; 4];
        for link in &links {
            // SAFETY: nothing moves in this function.
            unsafe { link.join(&head) };
        }
        links[1].leave();
        links[1].leave();
        assert_eq!(places(&head, &links), [0, 2, 3]);
        // SAFETY: as above.
        unsafe {
            links[1].join(&other);
            head.move_members(&other);
        }
        assert_eq!(places(&head, &links), []);
        assert_eq!(places(&other, &links), [1, 0, 2, 3]);
        links.iter().for_each(Link::leave);
        assert_eq!(places(&other, &links), []);
    }
}
