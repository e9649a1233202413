"""Mail: conversations that go on by e-mail while somebody is away."""
