"""Members and coordinators: who they are, who comes and who goes."""
