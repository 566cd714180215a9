"""How mail leaves the house: what the other side's answers mean, and the conversation with it. Every mail goes by these rules."""
