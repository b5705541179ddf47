"""What the pages of docs/scenarios say: reported figures beside the model's, one module for each page."""
