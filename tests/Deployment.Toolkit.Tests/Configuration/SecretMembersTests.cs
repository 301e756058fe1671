using Deployment.Toolkit.Options;
using Microsoft.Extensions.Configuration;

namespace Deployment.Toolkit.Tests.Configuration;

/// <summary>The quick look may say yes in vain; where it says no, a secret would be printed.</summary>
public sealed class SecretMembersTests
{
    [Theory]
    [InlineData("App:Pin")]
    [InlineData("App:pin")]
    [InlineData("App:Keys:0")]
    [InlineData("App:ByName:any")]
    [InlineData("App:Parts:3:Inner")]
    [InlineData("App:Given")]
    [InlineData("App:other-name")]
    [InlineData("App:Own:0")]
    [InlineData("App:Maybe")]
    public void A_secret_at_any_depth_in_any_collection_and_under_any_name_is_found(string key) => Assert.True(Of(key, typeof(Outer)));

    [Theory]
    [InlineData("App:Title")]
    [InlineData("App:Parts:3:Size")]
    public void What_can_be_none_is_not_asked_about(string key) => Assert.False(Of(key, typeof(Outer)));

    [Theory]
    [InlineData(typeof(Dictionary<string, Secret>))]
    [InlineData(typeof(List<Secret>))]
    [InlineData(typeof(OwnList))]
    public void Options_that_are_a_collection_of_secrets_are_so_under_every_key(Type type) => Assert.True(Of("App:anything", type));

    private static bool Of(string key, Type type) => SecretMembers.Of(type).MayHave(key);

    private sealed class OwnList : List<Secret>;

    private sealed class Outer(Secret given)
    {
        public string Title { get; } = given.ToString()!;

        public Secret? Pin { get; set; }

        public Secret[] Keys { get; set; } = [];

        public IReadOnlyDictionary<string, Secret> ByName { get; } = new Dictionary<string, Secret>();

        public List<Part> Parts { get; } = [];

        public Lazy<Secret>? Maybe { get; set; }

        public OwnList? Own { get; set; }

        [ConfigurationKeyName("other-name")]
        public Secret? Renamed { get; set; }
    }

    private sealed class Part
    {
        public int Size { get; set; }

        public Secret? Inner { get; set; }

        public Part? Next { get; set; }
    }
}
