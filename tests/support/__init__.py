"""What tests of several kinds share; pytest puts the folder above on its path."""
