//! Who watches what runs, and who hears of it.
