"""What the files of an addon declare, as values that check themselves, and how a record is cleaned by them."""
