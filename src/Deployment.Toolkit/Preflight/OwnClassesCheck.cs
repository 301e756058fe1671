using Deployment.Toolkit.Migrations;

namespace Deployment.Toolkit.Preflight;

/// <summary>Whether the app's own classes can be made, told before one of them is missing in the middle of a run.</summary>
internal sealed class OwnClassesCheck : PreflightCheck
{
    internal override async ValueTask<IReadOnlyList<DeploymentMessage>> FindAsync(Intention intention, CancellationToken cancellationToken)
    {
        if (intention.Kind != RunKind.Up || intention.HasLock)
            return [];

        var classes = intention.Factory.OwnClasses();
        var needed = await classes.NeededAsync(intention.OfEach.SelectMany(Pending)).ConfigureAwait(false);
        if (!intention.IsLook)
            return needed;

        // Those that were asked have answered by now.
        var gates = intention.Gates.Count > 0 ? [] : await classes.GatesAsync(MessageSeverity.Warning).ConfigureAwait(false);
        return [.. needed, .. gates, .. await classes.OthersAsync(cancellationToken).ConfigureAwait(false)];
    }

    private static IEnumerable<MigrationDefinition> Pending(Intention each) =>
        each is { Draft: { } draft, Parts: { } parts }
            ? draft.Migrations.Select(planned => parts.Migrations.Find(planned.Version)).OfType<MigrationDefinition>()
            : [];
}
