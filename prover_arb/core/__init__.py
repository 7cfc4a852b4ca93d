"""Values and pure rules that everything else is written in; nothing here touches the world."""
