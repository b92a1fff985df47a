//! `_random`: the Mersenne twister MT19937 (Matsumoto and Nishimura 1998), seeded as CPython seeds it.

use core::cell::RefCell;
use taipan_macros::pymodule;
use taipan_objects::prelude::*;
use taipan_objects::types::int;

const N: usize = 624;
const M: usize = 397;

/// The state of the generator.
struct Twister {
    words: [u32; N],
    index: usize,
}

impl Twister {
    fn from_word(seed: u32) -> Self {
        let mut words = [0u32; N];
        words[0] = seed;
        for i in 1..N {
            let before = words[i - 1];
            words[i] = 1_812_433_253u32.wrapping_mul(before ^ before >> 30).wrapping_add(i as u32);
        }
        Twister { words, index: N }
    }

    /// From a key of any length, not empty.
    fn from_key(key: &[u32]) -> Self {
        let mut twister = Self::from_word(19_650_218);
        let words = &mut twister.words;
        let (mut i, mut j) = (1, 0);
        for _ in 0..N.max(key.len()) {
            let mixed = (words[i - 1] ^ words[i - 1] >> 30).wrapping_mul(1_664_525);
            words[i] = (words[i] ^ mixed).wrapping_add(key[j]).wrapping_add(j as u32);
            i += 1;
            j += 1;
            if i >= N {
                words[0] = words[N - 1];
                i = 1;
            }
            if j >= key.len() {
                j = 0;
            }
        }
        for _ in 0..N - 1 {
            let mixed = (words[i - 1] ^ words[i - 1] >> 30).wrapping_mul(1_566_083_941);
            words[i] = (words[i] ^ mixed).wrapping_sub(i as u32);
            i += 1;
            if i >= N {
                words[0] = words[N - 1];
                i = 1;
            }
        }
        words[0] = 0x8000_0000;
        twister
    }

    fn refill(&mut self) {
        let words = &mut self.words;
        for i in 0..N {
            let y = words[i] & 0x8000_0000 | words[(i + 1) % N] & 0x7fff_ffff;
            let twist = if y & 1 != 0 { 0x9908_b0df } else { 0 };
            words[i] = words[(i + M) % N] ^ y >> 1 ^ twist;
        }
        self.index = 0;
    }

    fn next(&mut self) -> u32 {
        if self.index >= N {
            self.refill();
        }
        let mut y = self.words[self.index];
        self.index += 1;
        y ^= y >> 11;
        y ^= y << 7 & 0x9d2c_5680;
        y ^= y << 15 & 0xefc6_0000;
        y ^ y >> 18
    }

    /// A double in `[0, 1)` with 53 random bits.
    fn next_double(&mut self) -> f64 {
        let (a, b) = ((self.next() >> 5) as f64, (self.next() >> 6) as f64);
        (a * 67_108_864.0 + b) * (1.0 / 9_007_199_254_740_992.0)
    }
}

/// The words of a magnitude, least significant first.
fn key_of(value: &PyInt) -> Vec<u32> {
    let bits = value.bit_length();
    let mut bytes = vec![0u8; (bits.div_ceil(32).max(1) * 4) as usize];
    let magnitude = int::absolute(value);
    // The buffer has room for the magnitude.
    let _ = taipan_kernels::int::bytes::to_bytes(magnitude.view(), &mut bytes, true, false);
    bytes.chunks_exact(4).map(|word| u32::from_le_bytes([word[0], word[1], word[2], word[3]])).collect()
}

/// A generator seeded by the system, or where it has no random numbers by the time.
fn random_twister() -> Twister {
    let mut bytes = [0u8; N * 4];
    let key: Vec<u32> = match taipan_host::random::fill(&mut bytes) {
        Ok(()) => bytes
            .chunks_exact(4)
            .map(|word| u32::from_le_bytes([word[0], word[1], word[2], word[3]]))
            .collect(),
        Err(_) => {
            let time = taipan_host::clocks::monotonic() as u64;
            vec![time as u32, (time >> 32) as u32, taipan_host::process::pid() as u32]
        }
    };
    Twister::from_key(&key)
}

fn seeded(seed: Option<&PyObject>) -> PyResult<Twister> {
    let Some(seed) = seed else { return Ok(random_twister()) };
    let value = match seed.downcast::<PyInt>() {
        Some(value) => int::absolute(value),
        None => PyInt::from_u64(object::hash(seed)? as u64),
    };
    Ok(Twister::from_key(&key_of(&value)))
}

/// Random() -> create a random number generator with its own internal state.
#[pytype(name = "_random.Random", flags(BASETYPE), parts(METHODS))]
pub struct PyRandom {
    ob_base: PyObject,
    twister: RefCell<Twister>,
}

#[pymethods(METHODS)]
impl PyRandom {
    #[slot(tp_new)]
    fn py_new(cls: &TypeObject, args: &PyTuple, kwargs: Option<&PyDict>) -> PyResult {
        let _ = (args, kwargs);
        let twister = RefCell::new(Twister::from_word(0));
        Ok(taipan_objects::memory::new_in(cls, PyRandom { ob_base: PyObject::EMPTY, twister })?.into_obj())
    }

    #[init(signature = "(seed=None, /)")]
    fn init(&self, seed: Option<&PyObject>) -> PyResult<()> {
        self.seed(seed)
    }

    /// random() -> x in the interval [0, 1).
    #[pymethod]
    fn random(&self) -> f64 {
        self.twister.borrow_mut().next_double()
    }

    /// seed([n]) -> None.
    ///
    /// Defaults to use urandom and falls back to a combination
    /// of the current time and the process identifier.
    #[pymethod(signature = "(n=None, /)")]
    fn seed(&self, n: Option<&PyObject>) -> PyResult<()> {
        let twister = seeded(n)?;
        *self.twister.borrow_mut() = twister;
        Ok(())
    }

    /// getstate() -> tuple containing the current state.
    #[pymethod]
    fn getstate(&self) -> Py<PyTuple> {
        let (words, index) = {
            let twister = self.twister.borrow();
            (twister.words, twister.index)
        };
        let mut items: Vec<Obj> = words.iter().map(|&word| PyInt::from_i64(word as i64).into_obj()).collect();
        items.push(PyInt::from_u64(index as u64).into_obj());
        PyTuple::from_vec(items)
    }

    /// setstate(state) -> None.  Restores generator state.
    #[pymethod(signature = "(state, /)")]
    fn setstate(&self, state: &PyObject) -> PyResult<()> {
        let Some(state) = state.downcast::<PyTuple>() else {
            return Err(raised!(TypeError, "state vector must be a tuple"));
        };
        if state.len() != N + 1 {
            return Err(raised!(ValueError, "state vector is the wrong size"));
        }
        let mut words = [0u32; N];
        for (word, item) in words.iter_mut().zip(state.as_slice()) {
            let Some(item) = item.downcast::<PyInt>() else {
                return Err(raised!(TypeError, "an integer is required"));
            };
            if item.is_negative() {
                return Err(raised!(OverflowError, "can't convert negative value to unsigned int"));
            }
            *word = item.view().to_u64_wrapping() as u32;
        }
        let index = number::index_to_integer::<i64>(state.get(N), "C long")?;
        if !(0..=N as i64).contains(&index) {
            return Err(raised!(ValueError, "invalid state"));
        }
        *self.twister.borrow_mut() = Twister { words, index: index as usize };
        Ok(())
    }

    /// getrandbits(k) -> x.  Generates an int with k random bits.
    #[pymethod(signature = "(k, /)")]
    fn getrandbits(&self, k: &PyObject) -> PyResult<Py<PyInt>> {
        let k = number::index(k)?;
        if k.is_negative() {
            return Err(raised!(ValueError, "Cannot convert negative int"));
        }
        let Some(k) = k.to_u64().filter(|&k| k <= 1 << 36) else {
            return Err(raised!(OverflowError, "Python int too large to convert to C int"));
        };
        if k == 0 {
            return Ok(PyInt::from_i64(0));
        }
        let mut twister = self.twister.borrow_mut();
        if k <= 32 {
            let word = twister.next() >> (32 - k);
            drop(twister);
            return Ok(PyInt::from_i64(word as i64));
        }
        let mut bytes = Vec::with_capacity(k.div_ceil(32) as usize * 4);
        let mut left = k;
        while left > 0 {
            let mut word = twister.next();
            if left < 32 {
                word >>= 32 - left;
            }
            bytes.extend_from_slice(&word.to_le_bytes());
            left = left.saturating_sub(32);
        }
        drop(twister);
        Ok(PyInt::from_int(taipan_kernels::int::bytes::from_bytes(&bytes, true, false)))
    }
}

/// Module implements the Mersenne Twister random number generator.
#[pymodule(name = "_random")]
pub mod module {
    use taipan_objects::prelude::*;

    #[exec]
    fn exec(module: &PyModule) -> PyResult<()> {
        module.add_type(super::PyRandom::type_object())
    }
}
