using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Lint;

namespace Deployment.Toolkit.Migrations;

/// <summary>How much findings weigh, by environment and by what the app says of it.</summary>
internal sealed class LintWeights
{
    private static readonly string[] Known = [Codes.MigrationLoses, Codes.MigrationLocks, Codes.MigrationType, Codes.MigrationAllowance];

    private readonly Dictionary<string, MessageSeverity?> _anywhere = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, MessageSeverity?> _protected = new(StringComparer.OrdinalIgnoreCase);

    internal void Set(string code, MessageSeverity? severity, bool protectedOnly)
    {
        ArgumentException.ThrowIfNullOrEmpty(code);
        if (!Known.Contains(code, StringComparer.OrdinalIgnoreCase))
            throw new ArgumentException(
                $"Nothing is found in migrations under code '{code}'. Name one of {string.Join(", ", Known)}.",
                nameof(code)
            );
        (protectedOnly ? _protected : _anywhere)[code] = severity;
    }

    /// <summary>How much a finding weighs; <see langword="null"/> when nobody wants to hear it.</summary>
    /// <param name="rule">Its rule.</param>
    /// <param name="isProtected">Whether the environment is protected.</param>
    /// <param name="mayBeAllowed">
    /// Whether a comment could allow it: what another tool writes takes none, so it stops nothing by itself.
    /// </param>
    internal MessageSeverity? Of(LintRule rule, bool isProtected, bool mayBeAllowed)
    {
        if (isProtected && _protected.TryGetValue(rule.Code, out var severity))
            return severity;
        if (_anywhere.TryGetValue(rule.Code, out severity))
            return severity;
        return rule.Severity switch
        {
            LintSeverity.Information => MessageSeverity.Information,
            LintSeverity.Error when isProtected && mayBeAllowed => MessageSeverity.Error,
            _ => MessageSeverity.Warning,
        };
    }
}
