using Deployment.Toolkit.Diagnostics;

namespace Deployment.Toolkit.Environments;

/// <summary>Names of suites of tests. Two of the same names are the same, in whatever order they were said.</summary>
internal sealed class RequiredSuites : IEquatable<RequiredSuites>
{
    private RequiredSuites(IReadOnlyList<string> names) => Names = names;

    internal IReadOnlyList<string> Names { get; }

    internal static RequiredSuites Of(IEnumerable<string> names) =>
        new([.. names.Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.OrdinalIgnoreCase)]);

    internal static bool IsName(string name) =>
        name.Length is > 0 and <= 64
        && char.IsAsciiLetterOrDigit(name[0])
        && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');

    /// <exception cref="DeploymentException">It is no name of a suite.</exception>
    internal static void EnsureName(string name)
    {
        if (!IsName(name))
            throw DeploymentException.Refused(
                Codes.CommandLineInvalid,
                $"'{VisibleText.Line(name)}' names no suite of tests. Nothing was recorded. Use letters, digits, '.', '-' and '_', beginning with "
                    + "a letter or digit, for example --suite unit."
            );
    }

    public bool Equals(RequiredSuites? other) => other is not null && Names.SequenceEqual(other.Names, StringComparer.OrdinalIgnoreCase);

    public override bool Equals(object? obj) => Equals(obj as RequiredSuites);

    public override int GetHashCode() => Names.Count;
}
