//! The tasks of another process, and who awaits whom, read from its memory where its `_asyncio` says they are.
//!
//! The other process goes on meanwhile: what was a task may be something else by the time it is read. Whatever is followed
//! is looked at first, and every walk is bounded.

use crate::asyncio::tasks::{AsyncioDebug, Offsets};
use core::mem::{offset_of, size_of};
use std::collections::VecDeque;
use taipan_abi::{
    Py_TPFLAGS_LONG_SUBCLASS, Py_TPFLAGS_UNICODE_SUBCLASS, PyLongObject, PyObject, PySetObject, PyTypeObject,
    setentry,
};
use taipan_interpreter::frames::remote::{self, Copied, Failure, Read, RemoteFrame};
use taipan_interpreter::generators::remote::Types;
use taipan_objects::model::links;

/// The most characters of a task's name.
const LONGEST_NAME: usize = 255;
/// The most tasks that are walked from the running one, each awaiting the next.
const MOST_WAITERS: usize = 1 << 14;
/// The most tasks of a thread, and the most places of a set.
const MOST: usize = 1 << 20;
/// The places of a table that lies in the set itself.
const SMALL_SET: usize = size_of_val(&PySetObject::EMPTY.smalltable) / size_of::<setentry>();
/// The most bases of a class.
const DEEPEST: usize = 256;

/// The frames of a coroutine, and the address of the task whose it is.
pub struct Coroutine {
    pub frames: Vec<RemoteFrame>,
    pub task: u64,
}

/// A task and who awaits it.
pub struct Task {
    pub address: u64,
    pub name: String,
    pub frames: Vec<RemoteFrame>,
    pub awaited_by: Vec<Coroutine>,
}

/// Tasks of a thread; 0 stands for no thread.
pub struct ThreadTasks {
    pub identity: u64,
    pub tasks: Vec<Task>,
}

/// What the other process says of its tasks.
struct Map {
    task_type: u64,
    set_type: u64,
    types: Types,
    offsets: Offsets,
}

impl Map {
    /// `None` where the other process has no tasks yet, for nobody imported `_asyncio`.
    fn read<E>(read: Read<'_, E>, section: u64) -> Result<Option<Map>, E> {
        let seen = Copied::<{ size_of::<AsyncioDebug>() }>::read(read, section)?;
        let coroutine_type =
            |which: usize| seen.word(offset_of!(AsyncioDebug, coroutine_types) + which * size_of::<u64>());
        let offset = |at: usize| seen.word(offset_of!(AsyncioDebug, offsets) + at);
        let map = Map {
            task_type: seen.word(offset_of!(AsyncioDebug, task_type)),
            set_type: seen.word(offset_of!(AsyncioDebug, set_type)),
            types: Types {
                coroutine: coroutine_type(0),
                async_generator_asend: coroutine_type(1),
                async_generator_athrow: coroutine_type(2),
            },
            offsets: Offsets {
                task_link: offset(offset_of!(Offsets, task_link)),
                task_coroutine: offset(offset_of!(Offsets, task_coroutine)),
                task_name: offset(offset_of!(Offsets, task_name)),
                task_awaited_by: offset(offset_of!(Offsets, task_awaited_by)),
                thread_running_task: offset(offset_of!(Offsets, thread_running_task)),
                thread_tasks: offset(offset_of!(Offsets, thread_tasks)),
                interpreter_tasks: offset(offset_of!(Offsets, interpreter_tasks)),
            },
        };
        Ok((map.task_type != 0).then_some(map))
    }

    fn class<E>(read: Read<'_, E>, object: u64) -> Result<u64, E> {
        remote::word(read, object + offset_of!(PyObject, ob_type) as u64)
    }

    /// Whether an object is an instance of `Task` or of a class made from it.
    fn is_task<E>(&self, read: Read<'_, E>, object: u64) -> Result<bool, E> {
        let mut class = Self::class(read, object)?;
        for _ in 0..DEEPEST {
            if class == self.task_type {
                return Ok(true);
            }
            if class == 0 {
                break;
            }
            class = remote::word(read, class + offset_of!(PyTypeObject, tp_base) as u64)?;
        }
        Ok(false)
    }

    /// The name of a task, or the number that stands for one.
    fn name<E>(&self, read: Read<'_, E>, task: u64) -> Result<String, E> {
        let name = remote::word(read, task + self.offsets.task_name)?;
        if name == 0 {
            return Ok(String::new());
        }
        let class = Self::class(read, name)?;
        let flags = remote::word(read, class + offset_of!(PyTypeObject, tp_flags) as u64)?;
        if flags & Py_TPFLAGS_UNICODE_SUBCLASS != 0 {
            return remote::text(read, name, LONGEST_NAME);
        }
        if flags & Py_TPFLAGS_LONG_SUBCLASS == 0 {
            return Ok(String::new());
        }
        let number = Copied::<{ size_of::<PyLongObject>() + 8 }>::read(read, name)?;
        let place = offset_of!(PyLongObject, long_value);
        let digit = |which: usize| u64::from(number.half(place + 8 + which * 4));
        let digits = (number.word(place) >> 3).min(3) as usize;
        let value = (0..digits).rev().fold(0_u64, |value, which| value << 30 | digit(which));
        Ok(format!("Task-{value}"))
    }

    fn coroutine<E>(&self, read: Read<'_, E>, task: u64) -> Result<u64, E> {
        remote::word(read, task + self.offsets.task_coroutine)
    }

    /// The addresses of those who await a task.
    fn waiters<E>(&self, read: Read<'_, E>, task: u64) -> Result<Vec<u64>, Failure<E>> {
        let waiter = remote::word(read, task + self.offsets.task_awaited_by)?;
        if waiter == 0 {
            return Ok(Vec::new());
        }
        if Self::class(read, waiter)? != self.set_type {
            return Ok(vec![waiter]);
        }
        let set = Copied::<{ size_of::<PySetObject>() }>::read(read, waiter)?;
        let places = (set.word(offset_of!(PySetObject, mask)) as usize).saturating_add(1);
        if places > MOST {
            return Err(Failure::TooMany("Too many awaited-by entries"));
        }
        const PLACE: usize = size_of::<setentry>();
        // A small table lies in the set itself.
        let table = match set.word(offset_of!(PySetObject, table)) {
            0 if places > SMALL_SET => return Ok(Vec::new()),
            0 => waiter + offset_of!(PySetObject, smalltable) as u64,
            table => table,
        };
        let mut bytes = vec![0; places * PLACE];
        read(table, &mut bytes)?;
        let field = |place: &[u8], at: usize| {
            place[at..at + 8].iter().rev().fold(0_u64, |word, &byte| word << 8 | u64::from(byte))
        };
        // The hash -1, which nothing has, marks a place that was given up.
        let member = |place: &[u8]| {
            let (key, hash) =
                (field(place, offset_of!(setentry, key)), field(place, offset_of!(setentry, hash)));
            (key != 0 && hash != u64::MAX).then_some(key)
        };
        Ok(bytes.chunks_exact(PLACE).filter_map(member).collect())
    }

    /// One that awaits: nothing is known of how a future that is no task came to that.
    fn waiter<E>(&self, read: Read<'_, E>, waiter: u64) -> Result<(Coroutine, bool), Failure<E>> {
        let is_task = self.is_task(read, waiter)?;
        let frames = if is_task {
            let coroutine = self.coroutine(read, waiter)?;
            self.types.awaited(read, coroutine)?
        } else {
            Vec::new()
        };
        Ok((Coroutine { frames, task: waiter }, is_task))
    }

    /// A task, and the addresses of the tasks that await it. `innermost` is the frame its thread is at where it runs.
    fn task<E>(
        &self,
        read: Read<'_, E>,
        address: u64,
        innermost: Option<u64>,
    ) -> Result<(Task, Vec<u64>), Failure<E>> {
        let coroutine = self.coroutine(read, address)?;
        let frames = match innermost {
            Some(innermost) => self.types.running(read, innermost, coroutine)?,
            None => self.types.awaited(read, coroutine)?,
        };
        let (mut awaited_by, mut tasks) = (Vec::new(), Vec::new());
        for waiter in self.waiters(read, address)? {
            let (waiter, is_task) = self.waiter(read, waiter)?;
            if is_task {
                tasks.push(waiter.task);
            }
            awaited_by.push(waiter);
        }
        Ok((Task { address, name: self.name(read, address)?, frames, awaited_by }, tasks))
    }

    /// The running task of a thread and all that await it, directly or not: the nearest first, each as often as there are
    /// ways to it.
    fn running<E>(&self, read: Read<'_, E>, thread: u64) -> Result<Vec<Task>, Failure<E>> {
        let running = remote::word(read, thread + self.offsets.thread_running_task)?;
        let mut found = Vec::new();
        if running == 0 || !self.is_task(read, running)? {
            return Ok(found);
        }
        let mut innermost = Some(remote::current_frame(read, thread)?);
        let mut due = VecDeque::from([running]);
        while let Some(address) = due.pop_front() {
            if found.len() == MOST_WAITERS {
                return Err(Failure::TooMany("Too many task waiters (possible infinite loop)"));
            }
            let (task, waiters) = self.task(read, address, innermost.take())?;
            due.extend(waiters);
            found.push(task);
        }
        Ok(found)
    }

    /// The tasks of a list.
    fn listed<E>(&self, read: Read<'_, E>, head: u64) -> Result<Vec<Task>, Failure<E>> {
        let mut found = Vec::new();
        let mut link = remote::word(read, head + links::NEXT as u64)?;
        while link != 0 && link != head {
            if found.len() == MOST {
                return Err(Failure::TooMany("Too many tasks (possible infinite loop)"));
            }
            let address = link.wrapping_sub(self.offsets.task_link);
            if !self.is_task(read, address)? {
                return Err(Failure::TooMany("The list of tasks changed while it was read"));
            }
            found.push(self.task(read, address, None)?.0);
            link = remote::word(read, link + links::NEXT as u64)?;
        }
        Ok(found)
    }
}

/// The state of the main thread, which is the oldest one.
fn main_thread<E>(read: Read<'_, E>, newest: u64) -> Result<Option<u64>, Failure<E>> {
    let newest = remote::word(read, newest)?;
    Ok(remote::thread_states(read, newest)?.last().copied())
}

/// The running task of the main thread, if there is one, and those that await it. `None`: the process has no tasks yet.
pub fn running<E>(
    read: Read<'_, E>,
    newest: u64,
    section: u64,
) -> Result<Option<Vec<ThreadTasks>>, Failure<E>> {
    let Some(map) = Map::read(read, section)? else { return Ok(None) };
    let mut found = Vec::new();
    if let Some(thread) = main_thread(read, newest)? {
        let tasks = map.running(read, thread)?;
        if !tasks.is_empty() {
            found.push(ThreadTasks { identity: remote::identity(read, thread)?, tasks });
        }
    }
    Ok(Some(found))
}

/// The tasks of the main thread, and those of no thread. `None`: the process has no tasks yet.
pub fn all<E>(read: Read<'_, E>, newest: u64, section: u64) -> Result<Option<Vec<ThreadTasks>>, Failure<E>> {
    let Some(map) = Map::read(read, section)? else { return Ok(None) };
    let mut found = Vec::new();
    if let Some(thread) = main_thread(read, newest)? {
        let identity = remote::identity(read, thread)?;
        let tasks = map.listed(read, thread + map.offsets.thread_tasks)?;
        found.push(ThreadTasks { identity, tasks });
        let interpreter = remote::interpreter(read, thread)?;
        let tasks = map.listed(read, interpreter + map.offsets.interpreter_tasks)?;
        found.push(ThreadTasks { identity: 0, tasks });
    }
    Ok(Some(found))
}
