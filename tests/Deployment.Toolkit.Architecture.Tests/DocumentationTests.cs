using System.Text.RegularExpressions;

namespace Deployment.Toolkit.Architecture.Tests;

public sealed partial class DocumentationTests
{
    private static readonly Lazy<Dictionary<string, string>> Codes = new(static () =>
        Constant().Matches(File.ReadAllText(Repository.PathOf("src/Deployment.Toolkit/Diagnostics/Codes.cs"))).ToDictionary(static m => m.Groups["code"].Value, static m => m.Groups["name"].Value, StringComparer.Ordinal));

    [Fact]
    public void Every_code_has_a_page_that_says_what_to_do()
    {
        foreach (var code in Codes.Value.Keys)
        {
            var page = ((string[])[$"analyzers/docs/{code}.md", $"docs/codes/{code}.md"]).Select(Repository.PathOf).FirstOrDefault(File.Exists);
            Assert.True(page is not null, $"{code} has no page: write docs/codes/{code}.md.");
            var text = File.ReadAllText(page);
            Assert.StartsWith($"# {code}: ", text, StringComparison.Ordinal);
            Assert.True(text.Length > 300, $"{Repository.Relative(page)} says too little.");
        }
    }

    [Fact]
    public void Every_page_of_a_code_belongs_to_one_and_stands_in_the_index()
    {
        var index = File.ReadAllText(Repository.PathOf("docs/codes/README.md"));
        foreach (var page in Repository.Files("docs/codes", "DTK*.md"))
        {
            var code = Path.GetFileNameWithoutExtension(page);
            Assert.True(Codes.Value.ContainsKey(code), $"{code} has a page and no constant.");
            Assert.Contains($"[{code}]({code}.md)", index, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_code_is_said_somewhere()
    {
        var source = string.Concat(Repository.Files("src", "*.cs").Where(static file => Path.GetFileName(file) != "Codes.cs").Select(File.ReadAllText))
            + string.Concat(Repository.Files("src/Deployment.Toolkit/Databases", "*.cs").Select(File.ReadAllText));
        Assert.Empty(Codes.Value.Where(code => !source.Contains("Codes." + code.Value, StringComparison.Ordinal) && !source.Contains($"\"{code.Key}\"", StringComparison.Ordinal)).Select(static code => code.Key + " " + code.Value));
    }

    [Fact]
    public void Types_named_in_the_architecture_page_exist()
    {
        var source = string.Concat(Repository.Files("src", "*.cs").Select(File.ReadAllText));
        var names = TypeName().Matches(File.ReadAllText(Repository.PathOf("docs/architecture.md"))).Select(static m => m.Groups["name"].Value).Distinct().ToList();

        Assert.True(names.Count > 15, "The page names too few types to find anything by.");
        Assert.Empty(names.Where(name => !Regex.IsMatch(source, $@"\b(class|record|struct|enum|interface) (struct )?{name}\b")));
    }

    [Fact]
    public void Links_between_pages_lead_somewhere()
    {
        var pages = Directory.EnumerateFiles(Repository.Root, "*.md").Concat(Repository.Files("docs", "*.md")).Concat(Repository.Files("samples", "*.md"));
        var broken = from page in pages
                     from Match link in Link().Matches(File.ReadAllText(page))
                     let target = link.Groups["target"].Value.Split('#')[0]
                     where target.Length > 0 && !target.Contains("://", StringComparison.Ordinal) && !File.Exists(Path.Combine(Path.GetDirectoryName(page)!, target))
                     select $"{Repository.Relative(page)} → {target}";
        Assert.Empty(broken);
    }

    [GeneratedRegex("const string (?<name>\\w+) = \"(?<code>DTK[0-9]{4})\"", RegexOptions.ExplicitCapture)]
    private static partial Regex Constant();

    [GeneratedRegex("`(?<name>[A-Z][a-z]+[A-Z][A-Za-z]+)`", RegexOptions.ExplicitCapture)]
    private static partial Regex TypeName();

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)", RegexOptions.ExplicitCapture)]
    private static partial Regex Link();
}
