namespace Deployment.Toolkit.Preflight;

/// <summary>
/// Answers for every verb alike whether something may begin, and why not: before the lock is taken, and once more under it. What another
/// capability wants to have asked is one more <see cref="PreflightCheck"/> in the list.
/// </summary>
internal static class PreflightChecks
{
    private static readonly PreflightCheck[] All =
    [
        new OpenRunCheck(),
        new JournalAccessCheck(),
        new PromotionCheck(),
        new ReleaseCheck(),
        new OwnMigrationsCheck(),
        new SealedRootCheck(),
        new OwnClassesCheck(),
        new DatabaseAccessCheck(),
        new SameDatabaseCheck(),
        new IsolationCheck(),
        new HealthGateCheck(),
        new DatabaseCheck(),
        new OtherHistoryCheck(),
        new MigrationFilesCheck(),
        new ContractCheck(),
        new MigrationLintCheck(),
    ];

    internal static async Task AskAsync(Intention intention, Findings findings, CancellationToken cancellationToken)
    {
        foreach (var check in All)
        {
            foreach (var each in check.IsOfDatabase ? intention.OfEach : [intention])
                await findings
                    .CollectAsync(async () => findings.AddRange(await check.FindAsync(each, cancellationToken).ConfigureAwait(false)))
                    .ConfigureAwait(false);
        }
    }
}
