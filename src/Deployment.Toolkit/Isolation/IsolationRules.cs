namespace Deployment.Toolkit.Isolation;

/// <summary>What reports call the rules.</summary>
internal static class IsolationRules
{
    internal const string Never = "never";
    internal const string ForeignStamp = "foreign-stamp";
    internal const string SharedDatabase = "shared-database";
    internal const string DatabaseClone = "database-clone";
    internal const string DatabaseCopy = "database-copy";

    internal static readonly IReadOnlyList<string> Waivable =
    [
        SharedDatabase,
        DatabaseClone,
        DatabaseCopy,
        .. (
            (IsolationKind[])[IsolationKind.Secret, IsolationKind.Host, IsolationKind.Account, IsolationKind.Bucket, IsolationKind.Queue]
        ).Select(Shared),
    ];

    internal static string Shared(IsolationKind kind) =>
        kind switch
        {
            IsolationKind.Secret => "shared-secret",
            IsolationKind.Host => "shared-host",
            IsolationKind.Account => "shared-account",
            IsolationKind.Bucket => "shared-bucket",
            IsolationKind.Queue => "shared-queue",
            _ => SharedDatabase,
        };
}
