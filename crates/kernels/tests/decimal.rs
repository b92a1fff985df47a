//! Decimal arithmetic beyond what programs show: products, quotients and roots of long coefficients against each other.

use taipan_kernels::decimal::words::{self, BASE, Coef};
use taipan_kernels::decimal::{Dec, Rules, div, mul, places, status, text, transcend};

/// A deterministic sequence of words, with runs of the least and the greatest among them.
struct Words(u64);

impl Words {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        match self.0 >> 60 {
            0 => 0,
            1 => BASE - 1,
            _ => (self.0 ^ self.0 << 29) % BASE,
        }
    }

    fn number(&mut self, len: usize) -> Coef {
        let mut coef: Coef = (0..len).map(|_| self.next()).collect();
        if let Some(top) = coef.last_mut() {
            *top = (*top).max(1);
        }
        coef
    }
}

/// The product by the definition.
fn slow_product(a: &[u64], b: &[u64]) -> Coef {
    let mut out = Coef::from_elem(0, a.len() + b.len());
    for (i, &x) in a.iter().enumerate() {
        let mut row = Coef::from_slice(b);
        let carry = words::mul_small_assign(&mut row, x, 0);
        row.push(carry);
        words::add_assign(&mut out[i..], &row);
    }
    words::normalise(&mut out);
    out
}

#[test]
fn products_of_all_algorithms_agree() {
    let mut words = Words(1);
    // Schoolbook, Karatsuba, slices, transforms of both kinds of length.
    for (n, m) in [
        (1, 1),
        (2, 3),
        (31, 31),
        (32, 33),
        (64, 64),
        (100, 37),
        (701, 700),
        (1100, 900),
        (800, 790),
        (3000, 40),
    ] {
        let (a, b) = (words.number(n), words.number(m));
        assert_eq!(mul::mul(&a, &b), slow_product(&a, &b), "{n} by {m} words");
    }
    let nines = words::sub(&words::power_of_ten(19 * 900), &[1]);
    assert_eq!(mul::mul(&nines, &nines), slow_product(&nines, &nines));
}

#[test]
fn quotients_and_remainders_give_the_dividend() {
    let mut words = Words(7);
    for (n, m) in [(2, 1), (3, 2), (10, 10), (40, 13), (200, 90), (400, 85), (1000, 300), (170, 81)] {
        for _ in 0..4 {
            let (a, b) = (words.number(n), words.number(m));
            let (quotient, rest) = div::div_rem(&a, &b);
            assert!(words::cmp(&rest, &b).is_lt());
            assert_eq!(words::add(&mul::mul(&quotient, &b), &rest), a, "{n} by {m} words");
        }
    }
}

#[test]
fn roots_are_whole_parts() {
    let mut words = Words(3);
    for n in [1, 2, 3, 4, 7, 30, 121] {
        let a = words.number(n);
        let (root, exact) = div::sqrt(&a);
        let next = words::add(&root, &[1]);
        let square = mul::mul(&root, &root);
        assert!(words::cmp(&square, &a).is_le() && words::cmp(&mul::mul(&next, &next), &a).is_gt());
        assert_eq!(exact, square == a);
        assert_eq!(div::sqrt(&square), (root, true));
    }
}

#[test]
fn digits_are_counted_cut_and_written() {
    for places in 0..60usize {
        let power = words::power_of_ten(places);
        assert_eq!(words::digits(&power), places + 1);
        assert_eq!(words::digits(&words::sub(&power, &[1])), places);
        assert_eq!(words::trailing_zeros(&power), places);
        let mut shifted = words::shl(&[5], places);
        assert_eq!(words::shr_assign(&mut shifted, places + 1), 5);
        assert!(shifted.is_empty());
        let mut above = words::add(&words::shl(&[5], places), &[1]);
        assert_eq!(words::shr_assign(&mut above, places + 1), 6);
        let mut text = Vec::new();
        words::write(&mut text, &power);
        assert_eq!(text, [vec![b'1'], vec![b'0'; places]].concat());
        assert_eq!(words::parse(&text), power);
    }
}

#[test]
fn functions_are_rounded_correctly_at_any_precision() {
    let value = text::parse(b"2").expect("a number");
    for prec in [1, 5, 19, 50, 400] {
        let rules = Rules { prec, emax: 999_999, emin: -999_999, ..Rules::MAX };
        let wider = Rules { prec: prec + 30, ..rules };
        for function in [transcend::exp, transcend::ln, transcend::log10, transcend::sqrt] {
            let mut met = 0;
            let narrow = function(&value, &rules, &mut met);
            assert_eq!(met, status::INEXACT | status::ROUNDED);
            let wide = function(&value, &wider, &mut met);
            let again = places::quantize_to(&wide, narrow.exp, &rules, &mut met);
            assert_eq!(
                text::to_text(&narrow, false, true),
                text::to_text(&again, false, true),
                "{prec} digits"
            );
        }
    }
}

#[test]
fn what_no_memory_holds_is_refused() {
    let mut met = 0;
    // What is exact needs no more digits than it has.
    let quarter =
        taipan_kernels::decimal::divide::divide(&Dec::of_i64(1), &Dec::of_i64(4), &Rules::MAX, &mut met);
    assert_eq!((text::to_text(&quarter, false, true).as_str(), met), ("0.25", 0));
    let third =
        taipan_kernels::decimal::divide::divide(&Dec::of_i64(1), &Dec::of_i64(3), &Rules::MAX, &mut met);
    assert!(third.is_nan() && met & status::NO_MEMORY != 0);
    // Clamping would fill up the whole precision with zeros.
    let clamped = Rules { emax: 0, emin: 0, clamp: true, ..Rules::MAX };
    let mut met = 0;
    let half = taipan_kernels::decimal::arith::plus(&Dec::of_word(false, 5, -1), &clamped, &mut met);
    assert!(half.is_nan() && met & status::NO_MEMORY != 0);
}
