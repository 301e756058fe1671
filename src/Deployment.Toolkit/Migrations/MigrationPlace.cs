using Deployment.Toolkit.Databases;

namespace Deployment.Toolkit.Migrations;

/// <summary>
/// Which statement of which migration runs; written by the one that runs it and read by whoever has to tell where it was.
/// </summary>
internal sealed class MigrationPlace
{
    private volatile Statement? _current;

    internal Statement? Current => _current;

    /// <param name="title">The migration's title.</param>
    /// <param name="script">Its script.</param>
    /// <param name="statement">The statement.</param>
    /// <param name="behind">How many behind it were sent with it, and may be what runs by now.</param>
    internal void Enter(string title, MigrationScript? script, SqlStatement statement, int behind = 0) =>
        _current = new Statement(title, script, statement, behind);

    internal void Leave() => _current = null;

    internal sealed record Statement(string Title, MigrationScript? Script, SqlStatement Text, int Behind)
    {
        /// <summary>For people: the migration with the place in its file.</summary>
        public override string ToString() =>
            Script is null
                ? $"migration {Title}"
                : $"migration {Title} at {Script.File}:{Text.Line}:{Text.Column}"
                    + Behind switch
                    {
                        0 => "",
                        1 => " or the statement behind it",
                        _ => $" or one of the {Behind} statements behind it",
                    };
    }
}
