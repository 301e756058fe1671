using System.Data.Common;
using Deployment.Toolkit.Tenants;

namespace Deployment.Toolkit.Planning;

/// <summary>The backup by which a tenant's database goes back, as something that it has has no way back of its own.</summary>
internal sealed record TenantRestore
{
    /// <summary>The backup; <see langword="null"/> when there is none, for the reason in <see cref="Fault"/>.</summary>
    internal BackupInfo? Backup { get; private init; }

    /// <summary>Why none takes it back, without a full stop; <see langword="null"/> when one does.</summary>
    internal string? Fault { get; private init; }

    /// <summary>What was written since, which goes with it; <see langword="null"/> when that can't be told.</summary>
    internal IReadOnlyList<(string Table, long Rows)>? Written { get; private init; }

    private IReadOnlyList<string> OwnRisks { get; init; } = [];

    private TenantLook? Look { get; init; }

    /// <summary>What whoever goes back should know: what several have in common is told once.</summary>
    internal static IEnumerable<string> Risks(IReadOnlyList<TenantRestore> restores) =>
        restores
            .SelectMany(static restore => restore.OwnRisks.Select(risk => (Look: restore.Look!, Risk: risk)))
            .GroupBy(static pair => pair.Risk, StringComparer.Ordinal)
            .Select(static same =>
                $"{TenantsDraft.Tenants(same.Count())} {TenantsDraft.Named([.. same.Select(static pair => pair.Look)])}: {same.Key}"
            );

    /// <summary>The newest that holds what is left there, and can be read.</summary>
    internal static async Task<TenantRestore> ChooseAsync(TenantFleet fleet, UndoneTenant one, CancellationToken cancellationToken)
    {
        var tenant = one.Look.Tenant;
        var database = tenant.Open();
        database.Key = fleet.Key.OfTenant(tenant.Shown);
        database.Prepare();
        var backups = fleet.Backups.Of(tenant, database);
        try
        {
            backups.Swap.EnsurePossible("what it has has no way back of its own, so a backup would have to be put there");
            await backups.Swap.EnsureFreeAsync(cancellationToken).ConfigureAwait(false);
            var (backup, passedOver) = await backups.ChooseAsync(one.Left, cancellationToken).ConfigureAwait(false);
            if (backup is null)
                return new TenantRestore
                {
                    Fault = passedOver.Count > 0 ? tenant.Clean(passedOver[0].Text).TrimEnd('.') : WhyNone(fleet, one.Left),
                };

            return new TenantRestore
            {
                Look = one.Look,
                Backup = backup,
                Written = await backups.WrittenSinceAsync(backup, cancellationToken).ConfigureAwait(false),
                OwnRisks =
                [
                    .. passedOver.Select(fault => $"an older backup is put there: {tenant.Clean(fault.Text)}"),
                    .. await backups.Swap.RisksToHoldersAsync(cancellationToken).ConfigureAwait(false),
                ],
            };
        }
        catch (Exception e) when (e is DbException or DeploymentException)
        {
            return new TenantRestore { Fault = TenantFleet.FaultOf(tenant, e, database).Text.TrimEnd('.') };
        }
    }

    private static string WhyNone(TenantFleet fleet, IReadOnlyList<string> left) =>
        (left.Count == 0 ? "there is none from before all of its migrations" : $"there is none with the migrations up to {left[^1]} alone")
        + (fleet.Backups.WithoutReason is { } reason ? $" ({reason})" : "");
}
