using Deployment.Toolkit.Environments;

namespace Deployment.Toolkit;

/// <content>What has to be said or shown before a release may enter.</content>
public sealed partial class EnvironmentBuilder
{
    private const int MostPeople = 20;
    private const int MostItems = 50;
    private const int LongestItem = 200;

    /// <summary>
    /// A release enters only when other people have approved it with <c>deploy approve</c>: none of them is who promotes it, or the
    /// author of
    /// its commit. An approval is for one plan of one build, expires, and is used up when the release has entered.
    /// </summary>
    /// <param name="count">How many people; 1 to 20.</param>
    /// <param name="configure">Says which approvals count.</param>
    /// <returns>This builder.</returns>
    public EnvironmentBuilder RequireApprovals(int count, Action<ApprovalOptions>? configure = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MostPeople);
        var options = new ApprovalOptions();
        configure?.Invoke(options);
        Rules = Rules with
        {
            Approvals = new ApprovalRules(
                count,
                options.Role,
                options.MustBeSigned,
                options.ExpireAfter,
                options.TrustClaimedNames,
                options.AuthorMayApprove
            ),
        };
        return this;
    }

    /// <summary>
    /// A release enters only when each of these is ticked for it with <c>deploy checklist tick</c>: by whom, when and with what note is
    /// kept.
    /// </summary>
    /// <param name="items">What has to be done, each in a few words; up to 50.</param>
    /// <returns>This builder.</returns>
    public EnvironmentBuilder RequireChecklist(params string[] items)
    {
        ArgumentNullException.ThrowIfNull(items);
        List<string> all = [.. Rules.Checklist.Items, .. items.Select(static item => item?.Trim() ?? "")];
        if (all.Count > MostItems || all.Any(static item => item.Length is 0 or > LongestItem))
            throw new ArgumentException($"A checklist has up to {MostItems} items of 1 to {LongestItem} characters.", nameof(items));
        if (all.Distinct(StringComparer.OrdinalIgnoreCase).Count() < all.Count)
            throw new ArgumentException("An item of the checklist is named twice.", nameof(items));
        Rules = Rules with { Checklist = new EqualList<string>(all) };
        return this;
    }

    /// <summary>
    /// A release enters only when a command ends with exit code 0. Code 75 (try again later) is too little to tell, a signal is no
    /// answer, any
    /// other code keeps it out. It is asked by <c>plan</c>, and twice by <c>up</c>, so that it must change nothing.
    /// </summary>
    /// <param name="name">What reports call the gate.</param>
    /// <param name="program">The program; no shell is between.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="configure">Says where and for how long it runs.</param>
    /// <returns>This builder.</returns>
    public EnvironmentBuilder RequireCommand(
        string name,
        string program,
        IReadOnlyList<string> arguments,
        Action<CommandGateOptions>? configure = null
    )
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentException.ThrowIfNullOrWhiteSpace(program);
        ArgumentNullException.ThrowIfNull(arguments);
        var options = new CommandGateOptions();
        configure?.Invoke(options);
        Rules = Rules with
        {
            Commands = Rules.Commands.With(
                new CommandGateRules(
                    name,
                    new EqualList<string>([program, .. arguments]),
                    options.Timeout,
                    options.WorkingDirectory,
                    new EqualList<string>([.. options.PassEnvironment])
                )
            ),
        };
        return this;
    }

    /// <summary>
    /// A release enters only when the environment is healthy before anything begins: what is broken already would be called the release's
    /// fault, or hide that it is.
    /// </summary>
    /// <param name="address">The live app's health endpoint. Default: the app's own checks, asked in the process that deploys.</param>
    /// <returns>This builder.</returns>
    public EnvironmentBuilder RequireHealthy(string? address = null)
    {
        Uri? asked = null;
        if (address is not null && (!Uri.TryCreate(address, UriKind.Absolute, out asked) || asked.Scheme is not ("http" or "https")))
            throw new ArgumentException("A health endpoint is a whole address that begins with http:// or https://.", nameof(address));
        Rules = Rules with { RequiresHealth = true, HealthAddress = asked };
        return this;
    }

    /// <summary>A release enters only when each database has a backup that is young enough and still is what it was when it was
    /// verified.</summary>
    /// <param name="newerThan">How old the newest may be; above zero, at most 365 days.</param>
    /// <returns>This builder.</returns>
    public EnvironmentBuilder RequireBackup(TimeSpan newerThan)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(newerThan, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(newerThan, TimeSpan.FromDays(365));
        Rules = Rules with { BackupAge = newerThan };
        return this;
    }

    /// <summary>
    /// A release enters only when this environment's configuration is valid and differs from that of the environment before in nothing that
    /// isn't declared to differ, as <c>deploy config parity</c> tells.
    /// </summary>
    /// <returns>This builder.</returns>
    public EnvironmentBuilder RequireParity()
    {
        Rules = Rules with { RequiresParity = true };
        return this;
    }

    /// <summary>Migrations enter only when not even a warning speaks against them, by this environment's rules.</summary>
    /// <returns>This builder.</returns>
    public EnvironmentBuilder RequireCleanMigrations()
    {
        Rules = Rules with { RequiresCleanMigrations = true };
        return this;
    }

    /// <summary>
    /// Lets a hotfix in (<c>deploy promote --hotfix</c>): it skips some gates with the approval of somebody else and a reason, and
    /// what it skipped has to follow within a time; until then <c>status</c> shows it.
    /// </summary>
    /// <param name="configure">Says what it may skip.</param>
    /// <returns>This builder.</returns>
    public EnvironmentBuilder AllowHotfix(Action<HotfixOptions>? configure = null)
    {
        var options = new HotfixOptions();
        configure?.Invoke(options);
        if (options.MaySkip.FirstOrDefault(static gate => HotfixRules.Never.Contains(gate, StringComparer.OrdinalIgnoreCase)) is { } never)
            throw new ArgumentException($"No hotfix skips the gate '{never}'. Leave it out of MaySkip.", nameof(configure));
        Rules = Rules with { Hotfix = new HotfixRules(new EqualList<string>([.. options.MaySkip]), options.Approvals, options.Within) };
        return this;
    }

    /// <summary>
    /// Lets whoever has a key skip approvals in an emergency (<c>deploy promote --break-glass</c>), and nothing else. It is told, and
    /// nothing
    /// enters any more until somebody else has reviewed it. Keep the key where its use is noticed.
    /// </summary>
    /// <param name="publicKey">What <c>deploy secrets key</c> shows of it: <c>p256:…</c>.</param>
    /// <returns>This builder.</returns>
    public EnvironmentBuilder GlassKey(string publicKey)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(publicKey);
        Rules = Rules with { GlassKey = publicKey };
        return this;
    }
}
