namespace Deployment.Toolkit.Architecture.Tests;

/// <summary>Compares with approved files, so that a change is seen in review.</summary>
internal static class Approval
{
    private const string Folder = "tests/Deployment.Toolkit.Architecture.Tests/Approved/";
    private const int ShortestReason = 20;

    /// <summary>Compares a text; DTK_APPROVE=1 writes the file anew.</summary>
    internal static void Check(string name, string actual)
    {
        var file = Repository.PathOf(Folder + name);
        actual = actual.ReplaceLineEndings("\n");
        if (Environment.GetEnvironmentVariable("DTK_APPROVE") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, actual);
        }

        var approved = File.Exists(file) ? File.ReadAllText(file).ReplaceLineEndings("\n") : "";
        if (approved != actual)
            Assert.Fail($"{Folder}{name}:{FirstDifference(approved, actual)}. If the change is meant, run the tests with DTK_APPROVE=1, read the difference and commit the file.");
    }

    /// <summary>Compares exceptions from a rule with those that are approved, one a line: the subject, a colon and the reason.</summary>
    internal static void CheckExceptions(string name, IReadOnlyDictionary<string, string> found, string mend)
    {
        var file = Repository.PathOf(Folder + name);
        var approved = File.ReadAllLines(file).Select(static (text, index) => (Text: text, Line: index + 1))
            .Where(static line => line.Text.Length > 0 && line.Text[0] != '#')
            .Select(static line => (Subject: line.Text.Split(": ", 2)[0], Reason: line.Text.Split(": ", 2).ElementAtOrDefault(1) ?? "", line.Line)).ToList();
        Findings.None(
            [
                .. found.Where(subject => !approved.Exists(line => line.Subject == subject.Key)).Select(static subject => $"{subject.Value}: {subject.Key}"),
                .. approved.Where(static line => line.Reason.Trim().Length < ShortestReason).Select(line => $"{Folder}{name}:{line.Line}: '{line.Subject}' has no reason. Write why behind ': '."),
                .. approved.Where(line => !found.ContainsKey(line.Subject)).Select(line => $"{Folder}{name}:{line.Line}: '{line.Subject}' is no exception any more. Delete the line."),
            ],
            $"{mend} Or list it in {Folder}{name} with the reason.");
    }

    private static string FirstDifference(string approved, string actual)
    {
        var (a, b) = (approved.Split('\n'), actual.Split('\n'));
        var line = Enumerable.Range(0, Math.Max(a.Length, b.Length)).First(i => a.ElementAtOrDefault(i) != b.ElementAtOrDefault(i));
        return $"{line + 1}: '{a.ElementAtOrDefault(line)?.Trim()}' became '{b.ElementAtOrDefault(line)?.Trim()}'";
    }
}
