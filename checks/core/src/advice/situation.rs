//! `situations!`: a closed list of situations, each with its advice.

macro_rules! situations {
    ($($(#[$doc:meta])* $situation:ident => $advice:literal,)+) => {
        /// What the check can find.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Situation {
            $($(#[$doc])* $situation,)+
        }

        impl Situation {
            /// What to do first.
            pub fn advice(self) -> &'static str {
                match self {
                    $(Self::$situation => $advice,)+
                }
            }

            /// All of them, a line each, for the snapshot that is read in a review.
            #[cfg(test)]
            fn table() -> String {
                let lines: Vec<String> = [$(Self::$situation),+]
                    .iter()
                    .map(|it| format!("{it:?}: {}", it.advice()))
                    .collect();
                lines.join("\n")
            }
        }
    };
}
