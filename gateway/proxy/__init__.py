"""The local HTTPS proxy: exchange to item to exchange, deny first."""
