using Deployment.Toolkit.Databases;

namespace Deployment.Toolkit.Migrations;

/// <summary>
/// Which statement of which migration runs; written by the one that runs it and read by whoever has to tell where it was.
/// </summary>
internal sealed class MigrationPlace
{
    private volatile Statement? _current;

    internal Statement? Current => _current;

    internal void Enter(string title, MigrationScript? script, SqlStatement statement) =>
        _current = new Statement(title, script, statement);

    internal void Leave() => _current = null;

    internal sealed record Statement(string Title, MigrationScript? Script, SqlStatement Text)
    {
        /// <summary>For people: the migration with the place in its file.</summary>
        public override string ToString() =>
            Script is null ? $"migration {Title}" : $"migration {Title} at {Script.File}:{Text.Line}:{Text.Column}";
    }
}
