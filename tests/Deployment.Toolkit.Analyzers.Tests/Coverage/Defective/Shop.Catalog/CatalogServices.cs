using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Shop.Catalog;

public static class CatalogServices
{
    public static IServiceCollection AddCatalog(this IServiceCollection services, IConfiguration configuration)
    {
        services.Configure<CatalogOptions>(configuration.GetSection(CatalogOptions.SectionName));
        services.Configure<InventoryOptions>(configuration.GetSection("Inventory"));
        services.AddOptions<SearchOptions>().BindConfiguration("Search").{|DTK2001:ValidateDataAnnotations|}();
        return services;
    }

    /// <summary>The host says which section it is.</summary>
    public static IServiceCollection AddMailer(this IServiceCollection services, IConfigurationSection section) =>
        services.{|DTK2002:Configure<MailOptions>|}(section);
}
