"""The draw anybody can verify: protocol ggzy-draw/1, its verifier, its evidence and its acts."""
