//! The ways to compute a layer.

/// A way to compute a layer. All give the same bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Path {
    /// Plain loops, which the compiler turns into the vectors that every processor of the target has.
    Portable,
    /// 256-bit vectors of x86-64, where the processor has them.
    Avx2,
    /// 128-bit vectors of ARM64; every such processor has them.
    Neon,
}

impl Path {
    /// Returns the fastest path of this processor.
    #[must_use]
    pub fn best() -> Self {
        [Self::Avx2, Self::Neon].into_iter().find(|path| path.is_available()).unwrap_or(Self::Portable)
    }

    /// Returns every path that this processor has, the portable one first.
    pub fn available() -> impl Iterator<Item = Self> {
        [Self::Portable, Self::Avx2, Self::Neon].into_iter().filter(|path| path.is_available())
    }

    /// Clears the upper halves of x86-64's vector registers; does nothing elsewhere. To be called after code that leaves
    /// something in them, as tract's hand-written kernels for floats do: until then whatever the compiler wrote for 128 bits
    /// waits for them, at a tenth of its speed.
    pub fn clear_upper() {
        #[cfg(target_arch = "x86_64")]
        if Self::Avx2.is_available() {
            #[expect(unsafe_code, reason = "not every processor has the instruction")]
            // SAFETY: this processor has AVX2, and so AVX.
            unsafe {
                crate::avx2::clear_upper();
            }
        }
    }

    /// Tells whether this processor has the path. The standard library asks the processor once and remembers.
    #[must_use]
    pub fn is_available(self) -> bool {
        match self {
            Self::Portable => true,
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => std::arch::is_x86_feature_detected!("avx2"),
            #[cfg(not(target_arch = "x86_64"))]
            Self::Avx2 => false,
            Self::Neon => cfg!(target_arch = "aarch64"),
        }
    }
}
