using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Migrations;

/// <summary>Whether a database says that it is another environment's.</summary>
internal static class ForeignStamp
{
    private const int LongestName = 64;

    /// <returns>Whose it is, how it stands to that one's, and what to do; <see langword="null"/> when it may be this one's.</returns>
    internal static async Task<DeploymentMessage?> FindAsync(
        TargetDatabase database,
        string? journal,
        string environment,
        CancellationToken cancellationToken
    )
    {
        if (!database.Exists)
            return null;

        await using var connection = await database.OpenToLookAsync(cancellationToken).ConfigureAwait(false);
        var stamp = await DatabaseStamps.ReadAsync(database.Dialect, connection, null, cancellationToken).ConfigureAwait(false);
        if (stamp is null || stamp.EnvironmentId == journal)
            return null;

        var now = await database.Dialect.IdentifyAsync(connection, cancellationToken).ConfigureAwait(false);
        return new DeploymentMessage(
            Codes.DatabaseStamped,
            $"Database '{database.Title}' bears the stamp of environment '{VisibleText.Line(Cut(stamp.Environment))}' under journal "
                + $"{VisibleText.Line(KnownDatabase.Short(stamp.EnvironmentId))}, and {KnownDatabase.Own(journal, environment)}. "
                + $"{Told(stamp.Identity, now)} Nothing was begun. {Lost(stamp, journal, environment)} '{environment}' a connection "
                + $"string of its own; or, when it is to go on with that database as it is, run 'deploy isolation adopt{database.Key.Option} --environment {environment} --reason \"why\"'."
        );
    }

    // Whoever has the database may have written anything there.
    internal static string Cut(string name) => name.Length > LongestName ? name[..LongestName] + "…" : name;

    // The environment's own name, and no journal: that went astray, more likely than that somebody else has an environment of this name.
    private static string Lost(DatabaseStamp stamp, string? journal, string environment) =>
        journal is null && stamp.Environment.Equals(environment, StringComparison.OrdinalIgnoreCase)
            ? $"If that journal is its own and was moved, bring it in with 'deploy journal import FILE --environment {environment}'; otherwise give"
            : "Give";

    private static string Told(DatabaseIdentity? then, DatabaseIdentity? now) =>
        then is null || now is null
            ? "Whether it is that one's database or a copy of it, its server does not tell."
            : then.CompareTo(now) switch
            {
                IdentityLikeness.Same => "It is that one's database itself, whatever it is called here.",
                IdentityLikeness.Clone => "It is a copy of all files of that one's server, or that server in another place.",
                _ => "It is not where that one was: a dump or a file of it that was put here, with its rows.",
            };
}
