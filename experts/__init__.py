"""The expert library, recusal and evaluation panels."""
