def refresh_search_texts(model, numbers):
    for record in model.objects.filter(pk__in=numbers):
        record.refresh_search_text()
