"""What Office sends when it saves to SharePoint."""
