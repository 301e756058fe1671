using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using YamlDotNet.RepresentationModel;

namespace Deployment.Toolkit.Architecture.Tests;

/// <summary>Reads what the pages show of other tools' files, as those tools would begin to.</summary>
public sealed partial class SettingsSnippetTests
{
    private static readonly string[] s_languages = ["yaml", "json", "xml", "dockerfile", "ini"];
    private static readonly JsonDocumentOptions s_settings = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    public static TheoryData<string, string, string> Blocks
    {
        get
        {
            var data = new TheoryData<string, string, string>();
            foreach (var page in Directory.EnumerateFiles(Repository.Root, "*.md").Concat(Repository.Files("docs", "*.md")).Concat(Repository.Files("src", "README.md")))
            {
                var text = File.ReadAllText(page);
                foreach (Match block in Block().Matches(text).Where(static block => s_languages.Contains(block.Groups["language"].Value)))
                    data.Add($"{Repository.Relative(page)}:{text.AsSpan(0, block.Index).Count('\n') + 1}", block.Groups["language"].Value, block.Groups["text"].Value);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Blocks))]
    public void A_file_in_the_documentation_can_be_read(string place, string language, string text)
    {
        var fault = Record.Exception(() => Read(language, text));
        Assert.True(fault is null, $"{place}: {fault?.Message}");
    }

    [Theory]
    [InlineData("yaml", "a: 1\na: 2\n")]
    [InlineData("yaml", "a: [1\n")]
    [InlineData("json", "{ \"a\": }")]
    [InlineData("xml", "<a>")]
    [InlineData("dockerfile", "FROM a\nCPOY . .\n")]
    [InlineData("ini", "[Unit]\nDescription\n")]
    public void One_that_cannot_be_read_is_found(string language, string text) => Assert.NotNull(Record.Exception(() => Read(language, text)));

    [Fact]
    public void There_are_files_to_read() => Assert.All(s_languages, static language => Assert.Contains(Blocks, row => row.Data.Item2 == language));

    private static void Read(string language, string text)
    {
        switch (language)
        {
            case "yaml":
                var stream = new YamlStream();
                stream.Load(new StringReader(text));
                Assert.IsType<YamlMappingNode>(Assert.Single(stream.Documents).RootNode);
                break;
            case "json":
                JsonDocument.Parse(text, s_settings).Dispose();
                break;
            case "xml":
                XElement.Parse(text);
                break;
            case "dockerfile":
                Assert.All(text.Split('\n', StringSplitOptions.RemoveEmptyEntries), static line => Assert.Matches("^(ARG|COPY|ENTRYPOINT|ENV|FROM|RUN|USER|WORKDIR) [^ ]", line));
                break;
            default:
                Assert.All(text.Split('\n', StringSplitOptions.RemoveEmptyEntries), static line => Assert.Matches("^(#.*|\\[[^\\]]+\\]|[A-Za-z0-9_.]+ ?= ?.+)$", line));
                break;
        }
    }

    [GeneratedRegex("^```(?<language>[a-z]+)[^\\n]*\\n(?<text>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Block();
}
