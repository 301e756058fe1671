using System.Data.Common;
using Deployment.Toolkit.Databases;

namespace Deployment.Toolkit.Migrations;

/// <summary>How far a script is whose statements are committed one by one.</summary>
/// <param name="Count">How many of them are done.</param>
/// <param name="Left">What is left of the next, where part of that is done; <see langword="null"/> when all of it is to be done.</param>
internal sealed record ResumedScript(int Count, string? Left)
{
    /// <exception cref="DeploymentException">It is another script by now, or nobody can tell what became of the last statement.</exception>
    internal static async Task<ResumedScript> FindAsync(
        DatabaseDialect dialect,
        MigrationAttempt? earlier,
        string title,
        MigrationScript script,
        IReadOnlyList<SqlStatement> statements,
        DbConnection connection,
        CancellationToken cancellationToken
    )
    {
        if (earlier is null)
            return new(0, null);

        var done = (int)earlier.Done;
        if (done > statements.Count || (done > 0 && StatementProgress.HashOf(statements.Take(done)) != earlier.Progress?.Hash))
            throw HalfApplied.Changed(title, earlier.Version, script, done);
        if (earlier.Progress is not { Sent: { } sent, State: { } state })
            return new(done, null);

        var effect = await dialect.JudgeAsync(connection, sent, state, cancellationToken).ConfigureAwait(false);
        var isSame =
            done < statements.Count
            && StatementProgress.HashOf([statements[done]]) == StatementProgress.HashOf([new SqlStatement(sent, 1, 1, 0)]);
        return effect.Kind switch
        {
            StatementEffectKind.NotDone when isSame || effect.Rest is null => new(done, isSame ? effect.Rest : null),
            _ when !isSame => throw HalfApplied.Changed(title, earlier.Version, script, done),
            StatementEffectKind.Done => new(done + 1, null),
            _ => throw HalfApplied.InDoubt(
                title,
                earlier.Version,
                script,
                statements[done],
                done,
                effect.Reason!,
                StatementProgress.HashOf(statements.Take(done + 1))
            ),
        };
    }
}
