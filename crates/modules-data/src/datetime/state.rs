//! What each interpreter keeps: the zone of UTC and the epoch in it.

use super::datetime::{PyDateTime, Stamp};
use super::zone::PyTimeZone;
use taipan_objects::model::thread;
use taipan_objects::prelude::*;

#[derive(Default)]
struct State {
    utc: ObjCell,
    epoch: ObjCell,
}

fn state() -> &'static State {
    thread::current().interpreter().extension::<State>()
}

/// `timezone.utc`.
pub fn utc() -> Obj {
    let state = state();
    if let Some(utc) = state.utc.get() {
        return utc;
    }
    let utc = PyTimeZone::make_utc().into_obj();
    state.utc.set(Some(utc.clone()));
    utc
}

/// The first of January 1970 in UTC.
pub fn epoch() -> Obj {
    let state = state();
    if let Some(epoch) = state.epoch.get() {
        return epoch;
    }
    let stamp = Stamp { year: 1970, month: 1, day: 1, ..Stamp::default() };
    let epoch = PyDateTime::exact(&stamp, Some(&utc()), 0).into_obj();
    state.epoch.set(Some(epoch.clone()));
    epoch
}
