//! [`Dice`]: all chance of a simulation, from one number.

/// A small generator, so that a seed is all there is to say about a simulation.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        // Spreads small seeds over all bits; never 0.
        Self(
            seed.wrapping_add(1)
                .wrapping_mul(0x9e37_79b9_7f4a_7c15)
                .max(1),
        )
    }

    pub fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % sides
    }

    /// Once in so many times.
    pub fn once_in(&mut self, times: u64) -> bool {
        self.roll(times) == 0
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.place(from.len())]
    }

    pub fn place(&mut self, length: usize) -> usize {
        usize::try_from(self.roll(length as u64)).expect("less than a length")
    }

    /// Seconds, as microseconds.
    pub fn seconds(&mut self, from: u64, to: u64) -> i64 {
        i64::try_from(from + self.roll(to - from + 1)).expect("a small number") * 1_000_000
    }
}
