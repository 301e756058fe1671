using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Inspection;
using Deployment.Toolkit.Secrecy;
using Deployment.Toolkit.Settings.Layers;
using Microsoft.Extensions.Configuration;

namespace Deployment.Toolkit.Monitoring;

/// <summary>Lays the files of several environments beside each other.</summary>
internal sealed class ParityReport(ConfigurationStates states, EffectiveValues values, DeclaredDifferences declared)
{
    private const string Component = "configuration parity";

    internal ConfigurationParity Of(IReadOnlyList<DeploymentEnvironment> environments)
    {
        var sides = environments.Select(Read).ToList();
        var keys = sides
            .SelectMany(static side => side.Values.Keys)
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .Order(ConfigurationKeyComparer.Instance);
        return new ConfigurationParity
        {
            Environments = [.. environments.Select(static environment => environment.Name)],
            Rows = [.. keys.Select(key => Row(key, sides))],
        };
    }

    private Side Read(DeploymentEnvironment environment)
    {
        var configuration = states.FilesOf(environment);
        var found = new Dictionary<string, Cell>(StringComparer.OrdinalIgnoreCase);
        foreach (var value in values.Of(configuration))
        {
            var isOwn = EnvironmentFiles.IsOwn(configuration.Layers[value.Top.Layer].Source, environment);
            var reference = SecretReference.TryParse(value.Text, out var whole) ? whole : null;
            // A secret that nobody here can open is compared with none.
            var secret =
                reference is not null ? states.LookUp(environment, reference, Component).Value?.Reveal()
                : value.IsHidden ? value.Text
                : null;
            found[value.Key] = new Cell(isOwn, value.IsHidden || reference is not null, value.Text, secret);
        }

        return new Side(environment, found);
    }

    private ParityRow Row(string key, List<Side> sides)
    {
        var present = sides.Where(side => side.Values.ContainsKey(key)).ToList();
        var isSecret = present.Exists(side => side.Values[key].IsSecret);
        var may = declared.Of(key);
        var isDeclared = may.Value || isSecret || key.StartsWith("ConnectionStrings:", StringComparison.OrdinalIgnoreCase);
        var differs =
            present.Count < sides.Count
            || present.Select(side => side.Values[key].Secret ?? side.Values[key].Text).Distinct(StringComparer.Ordinal).Count() > 1;
        List<ParityCell> cells =
        [
            .. sides.Select(side =>
                side.Values.TryGetValue(key, out var cell)
                    ? new ParityCell
                    {
                        State = cell.IsOwn ? ParityState.SetHere : ParityState.Inherited,
                        SameSecretAs = SameSecret(key, side, cell, sides),
                    }
                    : new ParityCell { State = ParityState.Missing }
            ),
        ];
        return new ParityRow
        {
            Key = key,
            Cells = cells,
            IsDeclared = isDeclared,
            Differs = differs,
            Fault = Fault(key, sides, present, cells, isDeclared, may.Presence, differs),
        };
    }

    private static string? SameSecret(string key, Side side, Cell cell, List<Side> sides) =>
        side.Environment.IsProtected || cell.Secret is not { Length: > 0 } secret
            ? null
            : sides
                .Find(other => other.Environment.IsProtected && other.Values.TryGetValue(key, out var theirs) && theirs.Secret == secret)
                ?.Environment.Name;

    private static DeploymentMessage? Fault(
        string key,
        List<Side> sides,
        List<Side> present,
        List<ParityCell> cells,
        bool isDeclared,
        bool mayBeMissing,
        bool differs
    )
    {
        var shared = cells.FindIndex(static cell => cell.SameSecretAs is not null);
        var text =
            shared >= 0
                ? $"{key} is the same secret in {sides[shared].Environment.Name} as in {cells[shared].SameSecretAs}, which is "
                    + $"protected. Give {sides[shared].Environment.Name} one of its own."
            : present.Count < sides.Count && !mayBeMissing
                ? $"{key} is set in {Names(present)} and missing in {Names(sides.Except(present))}. Set it there too, or declare the "
                    + $"difference with [DiffersByEnvironment(MayBeMissing = true)] or .DiffersByEnvironment(\"{key}\")."
            : present.Count == sides.Count && differs && !isDeclared
                ? $"{key} differs between {Names(sides)}. Make it the same, or declare the difference with [DiffersByEnvironment] or "
                    + $".DiffersByEnvironment(\"{key}\")."
            : null;
        return text is null ? null : new DeploymentMessage(Codes.ParityBroken, text) { Key = key };
    }

    private static string Names(IEnumerable<Side> sides) => string.Join(", ", sides.Select(static side => side.Environment.Name));

    private sealed record Side(DeploymentEnvironment Environment, Dictionary<string, Cell> Values);

    private sealed record Cell(bool IsOwn, bool IsSecret, string Text, string? Secret);
}
