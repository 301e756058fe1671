using System.Data.Common;
using Deployment.Toolkit.Databases;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Migrations;

namespace Deployment.Toolkit.Isolation;

/// <summary>Which databases an environment has, by what no name changes, and what their stamps say.</summary>
internal sealed class DatabaseFacts(string environment, string? journal)
{
    private readonly List<IsolationFact> _facts = [];
    private readonly List<IsolationFinding> _foreign = [];
    private readonly List<DeploymentMessage> _warnings = [];

    internal IReadOnlyList<IsolationFact> Facts => _facts;

    /// <summary>Databases that say that they are another environment's.</summary>
    internal IReadOnlyList<IsolationFinding> Foreign => _foreign;

    /// <summary>Databases of which it can't be told.</summary>
    internal IReadOnlyList<DeploymentMessage> Warnings => _warnings;

    internal async Task AddAsync(TargetDatabase database, CancellationToken cancellationToken)
    {
        var subject = database.Key.IsOnly ? "database" : $"database:{database.Key.Name}";
        try
        {
            if (!database.Exists)
                return;

            await using var connection = await database.OpenAsync(cancellationToken).ConfigureAwait(false);
            var identity = await database.Dialect.IdentifyAsync(connection, cancellationToken).ConfigureAwait(false);
            var stamp = await DatabaseStamps.ReadAsync(database.Dialect, connection, null, cancellationToken).ConfigureAwait(false);
            if (await ForeignStamp.FindAsync(database, journal, environment, cancellationToken).ConfigureAwait(false) is { } foreign)
                _foreign.Add(
                    new IsolationFinding
                    {
                        Rule = IsolationRules.ForeignStamp,
                        Subject = subject,
                        Other = VisibleText.Line(ForeignStamp.Cut(stamp!.Environment)),
                        Message = foreign,
                    }
                );
            if (identity is null)
                _warnings.Add(
                    new DeploymentMessage(
                        Codes.IsolationIncomplete,
                        $"Which database '{database.Title}' is, its server tells nobody: the same under another name goes unnoticed but for its stamp. "
                            + "Let the account run pg_control_system(), or keep to the stamps.",
                        MessageSeverity.Warning
                    )
                );
            // What a foreign one is, its own environment has on record.
            _facts.Add(
                new IsolationFact(IsolationKind.Database, subject, identity?.Database ?? $"unknown {stamp?.Id ?? subject}")
                {
                    Instance = identity?.Instance,
                    Stamp = stamp?.Id,
                }
            );
        }
        catch (Exception e) when (e is DbException or DeploymentException)
        {
            _warnings.Add(
                new DeploymentMessage(
                    Codes.IsolationIncomplete,
                    $"Database '{database.Title}' could not be looked at, and is compared with none: {Sentence.Of(e)} Run 'deploy check --environment "
                        + $"{environment} --online'.",
                    MessageSeverity.Warning
                )
            );
        }
    }
}
